"""The lexicon that staff edit: old names, wrong characters and colloquial words, each with its canonical term."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import yaml

from knowledge.errors import CardError
from knowledge.text import normalise

_CLAUSE = re.compile(r"[^，,。.！!？?；;、~～…\n]+[，,。.！!？?；;、~～…\n]*|[，,。.！!？?；;、~～…\n]+")
_MARKS = re.compile(r"[\W_]+")
LEXICON = Path(__file__).with_name("lexicon.yml")


class Lexicon:
    """Replaces variants by canonical terms, longest first; knows the words that carry no meaning."""

    def __init__(self, variants: Mapping[str, str], function_words: Sequence[str], padding: Sequence[str] = ()) -> None:
        self._variants = {normalise(variant): normalise(term) for variant, term in variants.items()}
        by_length = sorted(self._variants, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, by_length))) if by_length else None
        longest = sorted((normalise(word) for word in function_words), key=len, reverse=True)
        self._function = re.compile(
            "|".join(rf"\b{re.escape(w)}\b" if w.isascii() else re.escape(w) for w in longest)
        ) if longest else None
        empty = sorted({normalise(word) for word in (*padding, *function_words) if not word.isascii()}, key=len, reverse=True)
        self._padding = re.compile(f"(?:{'|'.join(map(re.escape, empty))})+") if padding else None

    def canonical(self, normalised: str) -> str:
        """The text with every variant replaced by its canonical term (one pass, no chains)."""
        if self._pattern is None:
            return normalised
        return self._pattern.sub(lambda match: self._variants[match[0]], normalised)

    def without_function_words(self, text: str) -> str:
        """The canonical text with words like 请问, 怎么办, 我的 cut out."""
        canonical = self.canonical(normalise(text))
        return canonical if self._function is None else self._function.sub(" ", canonical)

    def without_padding(self, text: str) -> str:
        """The text without clauses that consist of padding only (家里人让我来问问); the text itself when nothing is left."""
        if self._padding is None:
            return text
        clauses = _CLAUSE.findall(text)
        kept = [clause for clause in clauses if not self._padding.fullmatch(_MARKS.sub("", normalise(clause)))]
        return "".join(kept).strip() if any(_MARKS.sub("", clause) for clause in kept) else text


def parse_lexicon(path: Path) -> Lexicon:
    """Read a lexicon file.

    Raises CardError when a variant has two canonical terms or the form is wrong.
    """
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    variants: dict[str, str] = {}
    for term, found in data["terms"].items():
        for variant in found:
            if variant in variants:
                raise CardError(str(path), f"{variant!r} stands under {variants[variant]} and {term}", "keep one of them")
            if variant == term:
                raise CardError(str(path), f"{variant!r} is its own variant", "remove it")
            variants[str(variant)] = str(term)
    return Lexicon(variants, [str(word) for word in data["function_words"]], [str(word) for word in data.get("padding", ())])


@functools.cache
def load_lexicon() -> Lexicon:
    """The project's lexicon, read once."""
    return parse_lexicon(LEXICON)
