"""Errors of the knowledge room. Each names the value and the remedy."""

from __future__ import annotations


class KnowledgeError(Exception):
    """Base of everything that this room raises."""


class CardError(KnowledgeError):
    """A card, phrasing file or registry entry that may not be loaded.

    `where` is `file:line`, `remedy` says what an officer should do.
    """

    def __init__(self, where: str, problem: str, remedy: str) -> None:
        super().__init__(f"{where}: {problem} -> {remedy}")
        self.where = where
        self.problem = problem
        self.remedy = remedy


class ReleaseError(KnowledgeError):
    """A release that cannot be built, loaded or accepted by its gates."""


class EncoderError(KnowledgeError):
    """The sentence encoder is missing or does not match its checksum."""


class QualityRecordError(KnowledgeError):
    """The record of what was measured cannot be read."""
