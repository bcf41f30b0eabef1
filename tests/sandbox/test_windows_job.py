"""A job object is asked for what Windows documents. It was never run there."""

import ctypes
import struct
import sys
from collections.abc import Callable

import pytest

from grader.sandbox.host.windows_job import ExtendedLimits, confine

_JOB, _PROCESS = 0x1_0000_0001, 0x2_0000_0002  # wider than 32 bits, as handles may be
_MIB = 2**20


class Kernel:
    """The functions of kernel32, which note what they are called with."""

    def __init__(self, refused: str = "") -> None:
        self.calls: list[tuple[str, list[object]]] = []
        self.limits = ExtendedLimits()
        self._refused = refused

    def __getattr__(self, name: str) -> Callable[..., int]:
        def call(*arguments: object) -> int:
            plain = [getattr(one, "value", one) for one in arguments]
            self.calls.append((name, plain))
            if name == "SetInformationJobObject":
                ctypes.memmove(ctypes.byref(self.limits), arguments[2], plain[3])  # type: ignore[arg-type]
            if name == self._refused:
                return 0
            return _JOB if name == "CreateJobObjectW" else 1

        return call


@pytest.fixture
def on_windows(monkeypatch: pytest.MonkeyPatch) -> Callable[[Kernel], None]:
    """Return a function that puts a kernel in the place of Windows'."""

    def install(kernel: Kernel) -> None:
        monkeypatch.setattr(sys, "platform", "win32")
        monkeypatch.setattr(ctypes, "WinDLL", lambda *_, **__: kernel, raising=False)
        monkeypatch.setattr(ctypes, "get_last_error", lambda: 5, raising=False)
        monkeypatch.setattr(
            ctypes, "WinError", lambda code: OSError(code, "Access is denied"), raising=False
        )

    return install


@pytest.mark.skipif(struct.calcsize("P") != 8, reason="the sizes are those of 64 bits")
def test_the_structure_is_laid_out_as_windows_has_it() -> None:
    """The sizes and places are those of the header winnt.h on 64 bits."""
    basic = ExtendedLimits.BasicLimitInformation

    assert (basic.size, ctypes.sizeof(ExtendedLimits)) == (64, 144)
    assert ExtendedLimits.IoInfo.offset == 64
    assert ExtendedLimits.ProcessMemoryLimit.offset == 112


def test_a_process_is_limited_before_it_is_in_the_job(
    on_windows: Callable[[Kernel], None],
) -> None:
    """Memory and processes are limited, and the process ends with the job."""
    kernel = Kernel()
    on_windows(kernel)

    with confine(_PROCESS, 512 * _MIB):
        names = [name for name, _ in kernel.calls]

    assert names == ["CreateJobObjectW", "SetInformationJobObject", "AssignProcessToJobObject"]
    assert kernel.calls[1][1][:2] == [_JOB, 9]
    assert kernel.calls[2][1] == [_JOB, _PROCESS]
    assert kernel.calls[3:] == [("CloseHandle", [_JOB])]
    basic = kernel.limits.BasicLimitInformation
    assert kernel.limits.ProcessMemoryLimit == 512 * _MIB
    assert (basic.LimitFlags, basic.ActiveProcessLimit) == (0x2508, 1)


@pytest.mark.parametrize("refused", ["SetInformationJobObject", "AssignProcessToJobObject"])
def test_a_job_that_does_not_hold_is_closed(
    refused: str, on_windows: Callable[[Kernel], None]
) -> None:
    """A process that isn't confined must not be taken for one that is."""
    kernel = Kernel(refused)
    on_windows(kernel)

    with pytest.raises(OSError, match="Access is denied"):
        confine(_PROCESS, 512 * _MIB)

    assert kernel.calls[-1] == ("CloseHandle", [_JOB])


def test_other_systems_have_no_jobs() -> None:
    """It is an error that says so."""
    with pytest.raises(OSError, match="part of Windows"):
        confine(_PROCESS, 512 * _MIB)
