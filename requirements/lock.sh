#!/usr/bin/env bash
# Writes the pinned, hashed requirements files. No index address is written; `uv` must be on PATH.
# Two substitutions make the set leaner, both checked by tests/test_environment.py:
#  - tensorflow-cpu is the same code as tensorflow, without CUDA kernels (231 MB instead of 586 MB);
#  - triton compiles GPU kernels; torch imports and runs on a CPU without it.
set -euo pipefail
cd "$(dirname "$0")"
common=(--python-version 3.10 --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links --upgrade)
uv pip compile -q --python-version 3.10 --generate-hashes --no-header --no-annotate --no-deps - -o .tensorflow.txt <<<'tensorflow-cpu==2.12.0'
for name in runtime dev; do
  constraint=()
  [ "$name" = dev ] && constraint=(-c runtime.txt)
  uv pip compile -q "${common[@]}" "${constraint[@]}" \
    --no-emit-package tensorflow --no-emit-package triton "$name.in" -o ".$name.txt"
  cat ".$name.txt" .tensorflow.txt > "$name.txt"
  rm ".$name.txt"
done
rm .tensorflow.txt
# Audit and fuzzing, in an environment of their own.
uv pip compile -q "${common[@]}" tools.in -o tools.txt
