"""Fixtures for every room, and the marker of tests that load the real Rasa agent."""

import pytest

from tests.support.bot import FIXTURES, bot, bot_world, release_dir, sealed_bot

__all__ = ["bot", "bot_world", "release_dir", "sealed_bot"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whoever uses the bot carries the marker `rasa`; these tests come last, since they share one slow start."""
    for item in items:
        if set(FIXTURES) & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.rasa)
    items.sort(key=lambda item: item.get_closest_marker("rasa") is not None)
