"""Builds the two wheels of a release: ``python -m grader.bundles.dist FOLDER``.

``zerograd`` is for students: the engine, with the built-in lab as a kit. ``zerograd-lab4`` is for
instructors: it adds the lab's reference, all checks and misconceptions in the same place, and where
it is installed the whole lab is used.
"""

import os
import sys
from email.message import Message
from pathlib import Path

import grader
from grader.bundles.kit import MadeKit, make_kit
from grader.bundles.wheel import (
    BUILT_IN,
    LICENSE_FILE,
    own_metadata,
    pack_wheel,
    package_files,
)
from grader.checks.assignment import expect_whole, load_assignment
from grader.checks.kits import ENDING
from grader.outputs.files import write_below

STUDENTS, INSTRUCTORS = "zerograd", "zerograd-lab4"
_SUMMARY = "The built-in lab of zerograd for instructors: reference, checks and misconceptions"


def make_wheels(kit: bytes) -> dict[str, bytes]:
    """Return both wheels by file name.

    Args:
        kit: The kit of the built-in lab.

    Raises:
        UsageError: The whole lab is not here.
    """
    expect_whole(load_assignment())
    files = dict(package_files())
    lab = {name: content for name, content in files.items() if name.startswith(f"{BUILT_IN}/")}
    engine = {name: content for name, content in files.items() if name not in lab}
    engine[f"{BUILT_IN}{ENDING}"] = kit
    own = own_metadata()
    more = {"METADATA": _metadata(), LICENSE_FILE: own[LICENSE_FILE]}
    return dict([pack_wheel(STUDENTS, engine, own), pack_wheel(INSTRUCTORS, lab, more)])


def _metadata() -> str:
    described = Message()
    described["Metadata-Version"] = "2.4"
    described["Name"] = INSTRUCTORS
    described["Version"] = grader.__version__
    described["Summary"] = _SUMMARY
    described["License-Expression"] = "MIT"
    described["License-File"] = "LICENSE"
    described["Requires-Python"] = ">=3.11"
    described["Requires-Dist"] = f"{STUDENTS}=={grader.__version__}"
    return described.as_string()


def main() -> None:
    """Write the wheels to the folder that is named."""
    folder = Path(sys.argv[1])
    made: MadeKit = make_kit(load_assignment(), jobs=os.cpu_count() or 1)
    for name, content in make_wheels(made.data).items():
        path = write_below(folder, name, content)
        sys.stdout.write(f"wrote {path}\n")


if __name__ == "__main__":
    main()
