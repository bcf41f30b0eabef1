#!/usr/bin/env bash
# Run this once in this folder on the autotester's machine.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
python3 -m venv "$here/venv"
"$here/venv/bin/python" -m pip install --quiet @PIP_OPTIONS@ "$here/@WHEEL@"
