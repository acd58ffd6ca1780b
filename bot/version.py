"""The project's version."""

from __future__ import annotations


def version() -> str:
    """As in pyproject.toml."""
    return "0.1.0"
