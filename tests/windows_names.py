"""What Windows takes for the name of a file, as Microsoft documents it: for tests of our names."""

from pathlib import PureWindowsPath

_DEVICES = {"CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"} | {
    f"{port}{digit}" for port in ("COM", "LPT") for digit in "0123456789¹²³"
}


def why_not_on_windows(name: str) -> str:
    """Return why a path can't be made below a folder on Windows; empty if it can.

    See "Naming Files, Paths, and Namespaces". `PureWindowsPath` says what the parts are.
    """
    path = PureWindowsPath(name)
    if path.anchor:
        return f"{name!a} is not below the folder"
    if not path.parts:
        return f"{name!a} is empty"
    for part in path.parts:
        if set(part) & set('<>:"|?*') or any(ord(one) < 32 for one in part):
            return f"{part!a} has a character that can't be in a name"
        if part == ".." or part.endswith((".", " ")):
            return f"{part!a} is another name there"
        if part.partition(".")[0].rstrip(" ").upper() in _DEVICES:
            return f"{part!a} is a device"
        if len(part.encode("utf-16-le", "surrogatepass")) > 2 * 255:
            return f"{part!a} is too long"
    return ""
