"""Text that went through a redirection or an editor on Windows."""

import codecs

_MARKS_OF_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def to_utf_8(data: bytes) -> bytes:
    """Return a file's text in UTF-8 without a byte order mark.

    ``>`` of Windows PowerShell writes UTF-16, and its ``Out-File -Encoding utf8`` a mark. What is
    in another encoding stays as it is.

    Raises:
        UnicodeDecodeError: It has the mark of UTF-16, and is not UTF-16.
    """
    if data.startswith(_MARKS_OF_UTF_16):
        return data.decode("utf-16").encode("utf-8", "surrogatepass")
    return data.removeprefix(codecs.BOM_UTF8)
