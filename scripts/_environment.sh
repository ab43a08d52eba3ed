# Sourced by the other scripts: makes (once) a virtual environment of its own with what they need.
# Usage: environment EXTRAS      e.g. environment reason
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
  stamp="$VENV/.installed-$1"
  if [ ! -e "$stamp" ] || [ pyproject.toml -nt "$stamp" ]; then
    echo "installing into $VENV (first run, or pyproject.toml changed) …" >&2
    "$VENV/bin/python" -m pip install --quiet --disable-pip-version-check --editable ".[$1]"
    touch "$stamp"
  fi
  PATH="$PWD/$VENV/bin:$PATH"
  case "$VENV" in /*) PATH="$VENV/bin:$PATH" ;; esac
  export PATH
}
