# Sourced by the other scripts: makes (once) a virtual environment of its own with what they need.
# Usage: environment EXTRAS      e.g. environment reason,pool
set -eu
cd "$(dirname "$0")/.."
environment() {
  for python in python3 python; do
    if command -v "$python" >/dev/null 2>&1 && "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then break; fi
    python=
  done
  if [ -z "$python" ]; then
    echo "This needs Python 3.11 or newer; install it and run this again." >&2
    exit 2
  fi
  VENV="${KG_VENV:-.venv}"
  "$VENV/bin/python" -m pip --version >/dev/null 2>&1 || "$python" -m venv --clear "$VENV"
  missing=
  for extra in $(echo "$1" | tr , ' '); do
    stamp="$VENV/.installed-$extra"
    if [ ! -e "$stamp" ] || [ pyproject.toml -nt "$stamp" ]; then missing=yes; fi
  done
  if [ -n "$missing" ]; then
    echo "installing into $VENV (first run, or pyproject.toml changed) …" >&2
    # What is never imported need not be compiled: that would be half a minute of the first run.
    "$VENV/bin/python" -m pip install --quiet --disable-pip-version-check --no-compile --editable ".[$1]"
    for extra in $(echo "$1" | tr , ' '); do touch "$VENV/.installed-$extra"; done
  fi
  PATH="$PWD/$VENV/bin:$PATH"
  case "$VENV" in /*) PATH="$VENV/bin:$PATH" ;; esac
  export PATH
}
