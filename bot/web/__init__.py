"""The page, the widget, and the fixed wording of what Rasa does not say."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from pathlib import Path

import yaml

_MESSAGES = Path(__file__).with_name("messages.yml")


@functools.cache
def messages() -> Mapping[str, Mapping[str, str]]:
    """The server's own sentences by code and language."""
    data: Mapping[str, Mapping[str, str]] = yaml.safe_load(_MESSAGES.read_text(encoding="utf-8"))
    return data


def sentence(code: str, language: str) -> str:
    """One sentence; Chinese where the language is not known."""
    return messages()[code]["en" if language == "en" else "zh"]
