#!/usr/bin/env bash
# Run once on the machine of the tester, in this folder.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
python3 -m venv "$here/venv"
"$here/venv/bin/python" -m pip install --quiet @PIP_OPTIONS@ "$here/@WHEEL@"
