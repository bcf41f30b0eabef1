#!/usr/bin/env bash
# Gradescope runs this once, when it builds the image of the autograder.
set -euo pipefail
root=${AUTOGRADER_ROOT:-/autograder}

has_python() {
  command -v "$1" > /dev/null && "$1" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2> /dev/null
}

export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -qq -y libseccomp2
python=
for candidate in python3 python3.13 python3.12 python3.11; do
  if has_python "$candidate"; then python=$candidate; break; fi
done
if [ -z "$python" ]; then
  apt-get install -qq -y python3.11 python3.11-venv
  python=python3.11
fi
"$python" -m venv "$root/zerograd"
"$root/zerograd/bin/python" -m pip install --quiet --no-cache-dir @PIP_OPTIONS@ "$root/source/@WHEEL@"
