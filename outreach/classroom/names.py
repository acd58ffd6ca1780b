"""Animal names: given by the server, never typed. 320 of them, so that a class has no two alike."""

from __future__ import annotations

import functools
import random
from collections.abc import Collection, Mapping
from pathlib import Path

import yaml

FILE = Path(__file__).with_name("names.yml")
Words = Mapping[str, Mapping[str, str]]


@functools.cache
def _data() -> Mapping[str, Words]:
    data: Mapping[str, Words] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return data


@functools.cache
def all_names() -> tuple[str, ...]:
    """Every name as its key, like `brave-horse`."""
    return tuple(f"{adjective}-{animal}" for adjective in _data()["adjectives"] for animal in _data()["animals"])


def free_name(taken: Collection[str], chance: random.Random) -> str:
    """A name that nobody in the room has. Raises IndexError when all are taken."""
    return chance.choice([name for name in all_names() if name not in taken])


def shown(name: str, language: str) -> str:
    """`勇敢的小马`, `Brave Horse`."""
    adjective, _, animal = name.partition("-")
    words = (_data()["adjectives"][adjective], _data()["animals"][animal])
    return " ".join(word["en"] for word in words) if language == "en" else "".join(word["zh"] for word in words)
