"""Print the requirements to install: all of a locked file, or all but torch and its CUDA libraries."""

from __future__ import annotations

import re
import sys
from pathlib import Path

_TORCH = re.compile(r"(torch|triton|nvidia-|cuda-)")


def main() -> None:
    entries = re.split(r"\n(?=[a-z0-9])", Path(sys.argv[1]).read_text(encoding="utf-8"))
    if sys.argv[2] == "preinstalled":
        entries = [entry for entry in entries if not _TORCH.match(entry)]
    sys.stdout.write("\n".join(entry.rstrip("\n") for entry in entries) + "\n")


if __name__ == "__main__":
    main()
