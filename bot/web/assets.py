"""The files of the page, read once: compressed, and under an address that changes with their content."""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

STATIC = Path(__file__).with_name("static")
PAGE, WIDGET, SHEET = "index.html", "widget.js", "page.css"
# One request for all style sheets, in the order in which they build on each other.
SHEETS = ("theme.css", "chat.css", "composer.css", "messages.css", "parts.css", "plain.css", "print.css")
_OWN = b'"/static/'  # how the page and its scripts name each other


@dataclass(frozen=True, slots=True)
class Asset:
    """One file as it is sent: whole, compressed, its type and its fingerprint."""

    body: bytes
    zipped: bytes
    kind: str
    etag: str


class Assets:
    """All files of the page by name; `version` is a fingerprint of them all."""

    def __init__(self, folder: Path = STATIC) -> None:
        raw = {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file()}
        raw[SHEET] = b"\n".join(raw.pop(name) for name in SHEETS)
        self.version = hashlib.sha256(b"".join(name.encode() + body for name, body in sorted(raw.items()))).hexdigest()[:12]
        self._files = {name: _asset(name, self._versioned(body)) for name, body in raw.items()}

    def __getitem__(self, name: str) -> Asset:
        """Raises KeyError for a file that the page does not have."""
        return self._files[name]

    @property
    def sheet(self) -> str:
        """The address of the page's style."""
        return f"/static/{self.version}/{SHEET}"

    @cached_property
    def names(self) -> tuple[str, ...]:
        return tuple(self._files)

    def _versioned(self, body: bytes) -> bytes:
        # Scripts of two versions never meet in one page, and an unchanged file is never asked for again.
        return body.replace(_OWN, _OWN + self.version.encode() + b"/")


def _asset(name: str, body: bytes) -> Asset:
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    text = kind.startswith("text/") or kind.endswith(("javascript", "+xml"))
    etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
    return Asset(body, gzip.compress(body, 9, mtime=0), f"{kind}; charset=utf-8" if text else kind, etag)
