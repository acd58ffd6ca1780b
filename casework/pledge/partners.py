"""Banks and service agencies of the officer's file, and the steps after an intake."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from casework.datafile import Node, optional, required, rows_of
from casework.pledge.model import Citation, RightKind
from casework.regions import all_regions

DATA = Path(__file__).with_name("data")


class PartnerKind(str, Enum):
    """Who can help."""

    BANK = "bank"
    AGENCY = "agency"


@dataclass(frozen=True, slots=True)
class Partner:
    """A bank or agency. Empty `regions` or `rights`: all of them. `sample`: demonstration data."""

    id: str
    kind: PartnerKind
    name: Mapping[str, str]
    regions: frozenset[str]
    rights: frozenset[RightKind]
    sample: bool


@dataclass(frozen=True, slots=True)
class Step:
    """One step after submission: who does what, with the source."""

    who: Mapping[str, str]
    what: Mapping[str, str]
    citation: Citation


@dataclass(frozen=True, slots=True)
class PledgeDirectory:
    """The officer's files, checked."""

    partners: tuple[Partner, ...]
    steps: tuple[Step, ...]

    def matching(self, region: str | None, kinds: frozenset[RightKind]) -> tuple[Partner, ...]:
        """Who serves this region and at least one of these rights, in the order of the file."""
        return tuple(
            p for p in self.partners if (not p.regions or region in p.regions) and (not p.rights or not kinds or p.rights & kinds)
        )

    def sample_rows(self) -> tuple[str, ...]:
        """The ids of demonstration rows; a production installation refuses them."""
        return tuple(partner.id for partner in self.partners if partner.sample)


def load_pledge_directory(folder: Path = DATA) -> PledgeDirectory:
    """Read partners.yml and steps.yml. Raises DataFileError with file, line and remedy."""
    found: dict[str, Partner] = {}
    for row in rows_of(folder / "partners.yml"):
        partner = _partner(row)
        if partner.id in found:
            raise row.error(f"id {partner.id!r} stands twice", "Give each row its own id.")
        found[partner.id] = partner
    return PledgeDirectory(tuple(found.values()), tuple(_step(row) for row in rows_of(folder / "steps.yml")))


def _partner(row: Node) -> Partner:
    keys = row.mapping({"id", "sample", "kind", "name", "regions", "rights"})
    rights = required(row, keys, "rights").items()
    return Partner(
        id=required(row, keys, "id").slug(),
        kind=required(row, keys, "kind").one_of(PartnerKind),
        name=_words(required(row, keys, "name")),
        regions=frozenset(_region(item) for item in required(row, keys, "regions").items()),
        rights=frozenset(item.one_of(RightKind) for item in rights),
        sample=optional(keys, "sample", Node.boolean, False),
    )


def _region(node: Node) -> str:
    known = [region.id for region in all_regions()]
    if node.text() not in known:
        raise node.error(f"{node.text()!r} is no region", f"Use some of {', '.join(known)}.")
    return node.text()


def _step(row: Node) -> Step:
    keys = row.mapping({"who", "what", "source", "article"})
    citation = Citation(required(row, keys, "source").slug(), optional(keys, "article", Node.text, ""))
    return Step(_words(required(row, keys, "who")), _words(required(row, keys, "what")), citation)


def _words(node: Node) -> Mapping[str, str]:
    zh, en = node.both_languages()
    return {"zh": zh, "en": en}
