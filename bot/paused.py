"""What users read while the whole bot is switched off (`zhiwen switch`)."""

from __future__ import annotations

from bot.web import sentence
from casework.oversight import LiveView


class Paused:
    """Callable: the notice in a language, None while the bot is on. Looks at the row that all processes share."""

    def __init__(self, view: LiveView) -> None:
        self._view = view

    def __call__(self, language: str) -> str | None:
        """The officer's own words where there are some in this language, then always how to reach a person."""
        notice = self._view.off_notice()
        if notice is None:
            return None
        said = notice.get(language) or sentence("switched_off", language)
        return f"{said}\n\n{sentence('switched_off_help', language)}"
