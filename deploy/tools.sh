#!/usr/bin/env bash
# Makes .venv-tools: tools that clash with Rasa's pins (audit, API fuzzing). Idempotent.
set -euo pipefail
cd "$(dirname "$0")/.."
stamp=.venv-tools/.installed
wanted=$(sha256sum requirements/tools.txt | cut -d' ' -f1)
if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ]; then exit 0; fi
[ -x .venv/bin/python ] || { echo "tools: run 'make setup' first" >&2; exit 1; }
[ -x .venv-tools/bin/python ] || .venv/bin/python -m venv .venv-tools
.venv-tools/bin/python -m pip install -q --disable-pip-version-check --no-input --require-hashes --no-deps -r requirements/tools.txt ||
  { echo "tools: installing failed; mend what stands above and run the same command again" >&2; exit 1; }
echo "$wanted" >"$stamp"
