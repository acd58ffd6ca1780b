"""Reading the YAML files that officers edit: every complaint names file, line and remedy."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, time
from enum import Enum
from pathlib import Path
from typing import TypeVar

import yaml

from casework.errors import DataFileError

E = TypeVar("E", bound=Enum)
T = TypeVar("T")

_SLUG = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_SHIFT = re.compile(r"([0-2]?[0-9]):([0-5][0-9])\s*-\s*([0-2]?[0-9]):([0-5][0-9])")


@dataclass(frozen=True, slots=True)
class Node:
    """A YAML node that knows where it stands."""

    path: Path
    node: yaml.Node

    @property
    def line(self) -> int:
        return int(self.node.start_mark.line) + 1

    def error(self, problem: str, remedy: str) -> DataFileError:
        """The complaint about this place."""
        return DataFileError(self.path, self.line, problem, remedy)

    def mapping(self, allowed: set[str]) -> dict[str, Node]:
        """The keys of a mapping; unknown and repeated ones are refused."""
        if not isinstance(self.node, yaml.MappingNode):
            raise self.error("expected `key: value` lines", f"Use the keys {', '.join(sorted(allowed))}.")
        found: dict[str, Node] = {}
        for key_node, value in self.node.value:
            key = Node(self.path, key_node)
            name = key.text()
            if name not in allowed:
                raise key.error(f"unknown key {name!r}", _suggestion(name, allowed))
            if name in found:
                raise key.error(f"key {name!r} stands twice", "Keep one of them.")
            found[name] = Node(self.path, value)
        return found

    def items(self) -> list[Node]:
        """The items of a list."""
        if not isinstance(self.node, yaml.SequenceNode):
            raise self.error("expected a list", "Write [a, b] or lines that begin with `- `.")
        return [Node(self.path, item) for item in self.node.value]

    def text(self) -> str:
        """A non-empty text."""
        if not isinstance(self.node, yaml.ScalarNode) or not self.node.value.strip():
            raise self.error("expected a text", "Write a value after the colon.")
        return str(self.node.value).strip()

    def slug(self) -> str:
        """An id in lower-case letters, digits and hyphens."""
        value = self.text()
        if not _SLUG.fullmatch(value):
            raise self.error(f"{value!r} is no id", "Use lower-case letters, digits and hyphens.")
        return value

    def integer(self, low: int, high: int, multiple_of: int = 1) -> int:
        """A whole number in [low, high]."""
        value = self.text()
        if not value.lstrip("-").isdigit() or not low <= int(value) <= high or int(value) % multiple_of:
            steps = f", a multiple of {multiple_of}" if multiple_of > 1 else ""
            raise self.error(f"{value!r} does not fit", f"Write a whole number from {low} to {high}{steps}.")
        return int(value)

    def boolean(self) -> bool:
        """true or false."""
        if self.text() not in ("true", "false"):
            raise self.error(f"{self.text()!r} is neither true nor false", "Write true or false.")
        return self.text() == "true"

    def day(self) -> date:
        """A day as 2026-12-31."""
        try:
            return date.fromisoformat(self.text())
        except ValueError:
            raise self.error(f"{self.text()!r} is no day", "Write it as 2026-12-31.") from None

    def one_of(self, kind: type[E]) -> E:
        """A member of an enumeration by its value."""
        known = {str(member.value): member for member in kind}
        if self.text() not in known:
            raise self.error(f"{self.text()!r} is not known", f"Use one of {', '.join(known)}.")
        return known[self.text()]

    def set_of(self, kind: type[E]) -> frozenset[E]:
        """A non-empty list of members."""
        members = frozenset(item.one_of(kind) for item in self.items())
        if not members:
            raise self.error("the list is empty", f"Name at least one of {', '.join(m.value for m in kind)}.")
        return members

    def both_languages(self) -> tuple[str, str]:
        """`{zh: …, en: …}`."""
        keys = self.mapping({"zh", "en"})
        return required(self, keys, "zh").text(), required(self, keys, "en").text()

    def shift(self) -> tuple[time, time]:
        """Hours as "09:00-12:00", on quarters of an hour."""
        found = _SHIFT.fullmatch(self.text())
        remedy = 'Write it as "09:00-12:00", on full quarters of an hour, the end after the start.'
        if not found:
            raise self.error(f"{self.text()!r} are no hours", remedy)
        h1, m1, h2, m2 = (int(part) for part in found.groups())
        if h1 > 23 or h2 > 23 or m1 % 15 or m2 % 15 or (h1, m1) >= (h2, m2):
            raise self.error(f"{self.text()!r} are no hours", remedy)
        return time(h1, m1), time(h2, m2)


def required(row: Node, keys: dict[str, Node], name: str) -> Node:
    """The value of a key that must be there."""
    if name not in keys:
        raise row.error(f"key {name!r} is missing", f"Add a line `{name}: …`.")
    return keys[name]


def optional(keys: dict[str, Node], name: str, read: Callable[[Node], T], default: T) -> T:
    """The value of a key, or the default."""
    return read(keys[name]) if name in keys else default


def rows_of(path: Path) -> Iterator[Node]:
    """The items of a file that is a list."""
    yield from root_of(path).items()


def root_of(path: Path) -> Node:
    """The whole file. Raises DataFileError where it is missing, empty or no YAML."""
    try:
        node = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    except FileNotFoundError:
        raise DataFileError(path, 1, "the file is missing", "Restore it from the repository.") from None
    except yaml.MarkedYAMLError as error:
        line = (error.problem_mark.line + 1) if error.problem_mark else 1
        raise DataFileError(
            path,
            line,
            f"not readable as YAML: {error.problem}",
            "Check indentation, quotes and colons on this line.",
        ) from None
    if node is None:
        raise DataFileError(path, 1, "the file is empty", "Restore it from the repository.")
    return Node(path, node)


def _suggestion(name: str, allowed: set[str]) -> str:
    near = difflib.get_close_matches(name, allowed, n=1)
    return f"Did you mean {near[0]!r}?" if near else f"Known keys: {', '.join(sorted(allowed))}."
