"""The 12 盟市 of Inner Mongolia, and how people call them. Names are data in `data/regions.yml`."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

_FILE = Path(__file__).with_name("data") / "regions.yml"


@dataclass(frozen=True, slots=True)
class Region:
    """A league-level region. `names` are all ways of naming it or a place inside it, as typed."""

    id: str
    zh: str
    en: str
    names: tuple[str, ...]


@lru_cache(maxsize=1)
def all_regions() -> tuple[Region, ...]:
    """The 12 regions in the order of the data file."""
    rows = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return tuple(Region(row["id"], row["zh"], row["en"], (row["zh"], row["en"], *row["aliases"], *row["places"])) for row in rows)


def region_of(region_id: str) -> Region:
    """The region with this id. Raises KeyError naming it."""
    return _by_id()[region_id]


def find_regions(text: str) -> tuple[Region, ...]:
    """The regions named in `text`, in order of appearance; two of them mean that it must be asked back.

    The longest name wins, so 杭锦后旗 is Bayannur's and 杭锦旗 is Ordos's.
    """
    plain = unicodedata.normalize("NFKC", text).casefold()
    found: list[Region] = []
    for match in _pattern().finditer(plain):
        region = _by_name()[match.group()]
        if region not in found:
            found.append(region)
    return tuple(found)


@lru_cache(maxsize=1)
def _by_id() -> dict[str, Region]:
    return {region.id: region for region in all_regions()}


@lru_cache(maxsize=1)
def _by_name() -> dict[str, Region]:
    return {name.casefold(): region for region in all_regions() for name in region.names}


@lru_cache(maxsize=1)
def _pattern() -> re.Pattern[str]:
    names = sorted(_by_name(), key=len, reverse=True)
    return re.compile("|".join(_bounded(name) for name in names))


def _bounded(name: str) -> str:
    # Latin names need word boundaries; between Chinese characters there are none.
    escaped = re.escape(name)
    return rf"(?<![a-z]){escaped}(?![a-z])" if name.isascii() else escaped
