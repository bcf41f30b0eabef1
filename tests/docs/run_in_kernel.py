"""Runs a program with magics as cells of a notebook, in a real kernel, and prints its outputs.

``python tests/docs/run_in_kernel.py FILE``: each magic is a cell of its own, and what stands
between two of them is one cell, as a reader would paste them.
"""

import re
import sys
from pathlib import Path

import nbformat
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from traitlets import default


class _Manager(AsyncKernelManager):
    """A manager that starts kernels of this environment, whatever others are installed."""

    @default("kernel_spec_manager")
    def _kernel_spec_manager_default(self) -> KernelSpecManager:
        return KernelSpecManager(kernel_dirs=[])


def main() -> None:
    """Run the cells, and print the text of every output."""
    parts = re.split(r"^(%.*)$", Path(sys.argv[1]).read_text(encoding="utf-8"), flags=re.MULTILINE)
    cells = [
        nbformat.v4.new_code_cell(one.strip())  # type: ignore[no-untyped-call]
        for one in parts
        if one.strip()
    ]
    notebook = nbformat.v4.new_notebook(cells=cells)  # type: ignore[no-untyped-call]
    NotebookClient(notebook, timeout=300, kernel_manager_class=_Manager).execute()
    for cell in notebook.cells:
        for output in cell.outputs:
            text = output.get("text") or output.get("data", {}).get("text/plain", "")
            sys.stdout.write(f"{text.rstrip()}\n")


if __name__ == "__main__":
    main()
