#!/usr/bin/env bash
# Makes .venv with everything the product (and its tests) needs. Idempotent; resumes after an interruption.
#   TORCH=preinstalled   use a torch that the base Python already has (a CPU build, say) instead of PyPI's
#   PYTHON=/path/to/3.10 use this interpreter
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf '\033[1m… %s\033[0m\n' "$*"; }
stop() { printf 'setup: %s\n' "$*" >&2; exit 1; }
is_310() { [ -n "${1:-}" ] && "$1" -c 'import sys, ssl, sqlite3; sys.exit(sys.version_info[:2] != (3, 10))' >/dev/null 2>&1; }

uv_binary() {
  if command -v uv >/dev/null 2>&1; then command -v uv; return; fi
  if [ ! -x .bootstrap/bin/uv ]; then
    command -v python3 >/dev/null 2>&1 || return 1
    python3 -m venv .bootstrap >/dev/null 2>&1 && .bootstrap/bin/pip install -q 'uv>=0.4,<1' >/dev/null 2>&1 || return 1
  fi
  echo .bootstrap/bin/uv
}

find_python() {
  local candidate uv
  for candidate in "${PYTHON:-}" python3.10 python3 python; do
    if is_310 "$candidate"; then command -v "$candidate"; return; fi
  done
  for candidate in "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.10*/bin/python3.10; do
    if is_310 "$candidate"; then echo "$candidate"; return; fi
  done
  if uv=$(uv_binary); then
    candidate=$("$uv" python find 3.10 2>/dev/null || true)
    if is_310 "$candidate"; then echo "$candidate"; return; fi
    "$uv" python install 3.10 >/dev/null 2>&1 || return 1
    "$uv" python find 3.10
    return
  fi
  return 1
}

torch=${TORCH:-pypi}
case "$torch" in pypi | preinstalled) ;; *) stop "TORCH=$torch is not known; leave it out or say TORCH=preinstalled" ;; esac
stamp=.venv/.installed
wanted="$torch $(cat requirements/dev.txt pyproject.toml deploy/setup.sh | sha256sum | cut -d' ' -f1)"
if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ]; then exit 0; fi

started=$(date +%s)
if ! is_310 .venv/bin/python; then
  python=$(find_python) || stop "no Python 3.10 was found (Rasa allows no newer). Install one (python3.10 on PATH, 'pyenv install 3.10', or 'uv python install 3.10') or set PYTHON=/path/to/python3.10"
  say "Python 3.10: $python"
  rm -rf .venv
  options=()
  [ "$torch" = preinstalled ] && options=(--system-site-packages)
  "$python" -m venv "${options[@]}" .venv || stop "$python cannot make a virtual environment; on Debian install python3.10-venv"
fi
command -v cc >/dev/null 2>&1 || command -v gcc >/dev/null 2>&1 || stop "no C compiler was found; install one (Debian: build-essential)"

list=.venv/requirements.txt
.venv/bin/python deploy/requirements.py requirements/dev.txt "$torch" >"$list"
total=$(grep -c '==' "$list")
say "installing $total pinned packages (first time: about 3 GB to fetch, 7 GB on disk, five minutes on a fast line)"
set +e
.venv/bin/python -m pip install --disable-pip-version-check --no-input --require-hashes --no-deps --no-warn-conflicts -r "$list" 2>.venv/install.err |
  awk -v total="$total" '/^(Collecting|Requirement already satisfied)/ { n++; printf "\r  %3d of %d  %-48.48s", n, total, $0; fflush() }
    /^Installing/ { printf "\r  %-66s\n", "unpacking and compiling bytecode (a minute or two) …"; fflush() }'
status=${PIPESTATUS[0]}
set -e
if [ "$status" != 0 ]; then
  grep -E '^(ERROR|error)' .venv/install.err | tail -n 5 >&2 || tail -n 5 .venv/install.err >&2
  stop "installing failed (see .venv/install.err); mend what it says and run the same command again, finished downloads are kept"
fi
if [ "$torch" = preinstalled ]; then
  .venv/bin/python -c 'import torch' >/dev/null 2>&1 || stop "TORCH=preinstalled, but the base Python has no torch that imports; install one there or leave TORCH out"
fi
.venv/bin/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e . 2>>.venv/install.err || stop "the project itself could not be installed (see .venv/install.err)"
echo "$wanted" >"$stamp"
say "set up in $(($(date +%s) - started)) s, $(du -sh .venv | cut -f1) on disk"
