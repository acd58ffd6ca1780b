"""Text to features: characters, character n-grams, Latin words and toneless pinyin.

Short Chinese questions are full of typing errors and of words that no segmenter knows, so the project's own
encoder and lexical index read overlapping n-grams. Pinyin n-grams match 转利 with 专利 by sound.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator

from pypinyin import lazy_pinyin

from knowledge.lexicon import Lexicon
from knowledge.text import normalise

_RUN = re.compile(r"[\u3400-\u9fff]+|[a-z]+|\d+(?:\.\d+)?")
_STEM = re.compile(r"(?<=[a-z]{3})(?:ations?|ing|ed|es|s|ment|ly)$")


@functools.lru_cache(maxsize=16384)
def _sound(char: str) -> str:
    syllable = lazy_pinyin(char)[0]
    # Southern and hurried typists mix these up; folding them costs nothing elsewhere.
    for spoken, folded in (("zh", "z"), ("ch", "c"), ("sh", "s")):
        if syllable.startswith(spoken):
            syllable = folded + syllable[2:]
            break
    return syllable[:-1] if syllable.endswith(("ing", "eng", "ang")) else syllable


def _grams(units: str | list[str], low: int, high: int, joint: str = "") -> Iterator[str]:
    for size in range(low, high + 1):
        for start in range(len(units) - size + 1):
            yield joint.join(units[start : start + size])


def runs(text: str, lexicon: Lexicon) -> list[str]:
    """Runs of Chinese characters, Latin words and numbers of the normalised, canonical text."""
    return _RUN.findall(lexicon.canonical(normalise(text)))


@functools.lru_cache(maxsize=32)  # encoder, profiles, facets and scope all read the features of one question
def features(text: str, lexicon: Lexicon) -> tuple[str, ...]:
    """Features of the encoder: n-grams of 1 to 4 characters, 2 and 3 syllables, words and their stems."""
    found: list[str] = []
    for run in runs(text, lexicon):
        if "\u3400" <= run[0] <= "\u9fff":
            found += _grams(run, 1, 4)
            sounds = [_sound(char) for char in run]
            found += (f"~{gram}" for gram in _grams(sounds, 2, 3, "'"))
        else:
            stem = _STEM.sub("", run)
            found += [f"={run}", f"={stem}"] if stem != run else [f"={run}"]
            if len(stem) > 4:
                found += (f"-{gram}" for gram in _grams(f"<{stem}>", 4, 4))
    return tuple(found)


def words(text: str, lexicon: Lexicon) -> list[str]:
    """Terms of the lexical index: character bigrams (single characters of runs of one), words, and sounds."""
    found: list[str] = []
    for run in runs(text, lexicon):
        if "\u3400" <= run[0] <= "\u9fff":
            found += _grams(run, 2, 2) if len(run) > 1 else (run,)
            found += _grams(run, 3, 3)
        else:
            found.append("=" + _STEM.sub("", run))
    return found


def content_grams(text: str, lexicon: Lexicon) -> set[str]:
    """The character bigrams and words that carry meaning: what a card must cover to be an answer."""
    found: set[str] = set()
    for run in runs(lexicon.without_function_words(text), lexicon):
        if "\u3400" <= run[0] <= "\u9fff":
            found.update(_grams(run, 2, 2) if len(run) > 1 else (run,))
        else:
            found.add(_STEM.sub("", run))
    return found
