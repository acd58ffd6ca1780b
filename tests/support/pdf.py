"""The text of a PDF as a reader sees it, by poppler: pypdf 7.1 does not follow the CMap that fpdf2 writes for OpenType
fonts with CFF outlines (it takes each byte of a two-byte code for a character)."""

from __future__ import annotations

import subprocess


def pdf_text(content: bytes) -> str:
    """All text without white space."""
    shown = subprocess.run(["pdftotext", "-enc", "UTF-8", "-", "-"], input=content, capture_output=True, check=True)
    return "".join(shown.stdout.decode().split())
