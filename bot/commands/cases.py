"""`zhiwen cases`: what officers do with bookings, intakes and questions. Masked unless a written reason is recorded."""

from __future__ import annotations

import argparse
import dataclasses
import datetime as dt
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.commands.tables import actor, laid_out, printable, shown, title, translated

if TYPE_CHECKING:
    from casework.cases import CaseFilter
    from casework.office import CaseFile, Table

_KINDS = ("consultation", "intake", "enquiry")
_LISTED = ("reference", "kind", "state", "region", "created_at", "name", "phone", "starts_at", "station", "mode")
_STEPS = {
    "confirm": "a requested booking is confirmed; the citizen is told",
    "complete": "the consultation took place",
    "no-show": "nobody came",
    "cancel": "cancel a booking for a written reason; the seat is free again, the citizen is told",
    "reply": "answer a question; the citizen reads it by look-up, or gets it by e-mail",
    "close": "close a question without a reply, for a written reason",
}
_EXPORTED = 100_000


def register(subparsers: Any) -> None:
    command = subparsers.add_parser("cases", help="list, work on and export bookings, intakes and questions")
    verbs = command.add_subparsers(dest="verb", metavar="VERB", required=True)
    listing = verbs.add_parser("list", help="cases, newest first")
    listing.add_argument("--limit", type=int, default=200, help="at most so many (default 200)")
    listing.set_defaults(run=_list)
    export = verbs.add_parser("export", help="the same as a file for a spreadsheet program")
    target = export.add_mutually_exclusive_group(required=True)
    target.add_argument("--csv", type=Path, metavar="FILE")
    target.add_argument("--xlsx", type=Path, metavar="FILE")
    export.set_defaults(run=_export, limit=_EXPORTED)
    for verb in (listing, export):
        _filters(verb)
    show = verbs.add_parser("show", help="one case with its trail, remarks and waiting messages")
    show.add_argument("reference")
    show.set_defaults(run=_show)
    for verb in (listing, export, show):
        verb.add_argument("--unmask", metavar="REASON", help="show personal data; the reason is recorded with every case shown")
    for name, what in _STEPS.items():
        _step(verbs.add_parser(name, help=what), name)
    other = verbs.add_parser("step", help="take another step that the kind of case has (an unknown one lists them)")
    other.add_argument("reference")
    other.add_argument("step")
    other.add_argument("text", nargs="?", default="", help="note or reason")
    other.set_defaults(run=_take)
    note = verbs.add_parser("note", help="attach a note, encrypted")
    note.add_argument("reference")
    note.add_argument("text", nargs="?", help="the note (default: standard input)")
    note.set_defaults(run=_note)


def _filters(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--kind", action="append", choices=_KINDS, default=[], help="may be repeated")
    verb.add_argument("--state", action="append", default=[], help="a state's code, like requested or open; may be repeated")
    verb.add_argument("--region", default="", help="one of the 12 leagues and cities, like 呼和浩特 or hohhot")
    verb.add_argument("--station", default="", help="a station's id; bookings only")
    verb.add_argument("--days", type=int, help="submitted within so many days")
    verb.add_argument("--coming", type=int, metavar="DAYS", help="bookings that begin within so many days")


def _step(verb: argparse.ArgumentParser, name: str) -> None:
    verb.add_argument("reference")
    if name == "reply":
        verb.add_argument("text", nargs="?", help="the reply (default: standard input)")
    else:
        verb.add_argument("--note" if name in ("complete", "no-show") else "--reason", dest="text", default="", help="kept with the case")
    verb.set_defaults(run=_take, step=name)


def _narrowed(arguments: argparse.Namespace, now: dt.datetime) -> CaseFilter:
    from casework.cases import CaseFilter, CaseKind

    days, coming = arguments.days, arguments.coming
    return CaseFilter(
        kinds=tuple(CaseKind(kind) for kind in arguments.kind),
        states=tuple(arguments.state),
        region=_region(arguments.region),
        created_from=now - dt.timedelta(days=days) if days is not None else None,
        starts_from=now if coming is not None else None,
        starts_until=now + dt.timedelta(days=coming) if coming is not None else None,
        station_id=arguments.station,
        limit=arguments.limit,
    )


def _region(named: str) -> str:
    from casework.errors import InvalidFieldError
    from casework.regions import all_regions, find_regions

    if not named or named in {region.id for region in all_regions()}:
        return named
    found = find_regions(named)
    if len(found) != 1:
        raise InvalidFieldError("region", f"name one of {'、'.join(region.zh for region in all_regions())}")
    return found[0].id


def _table(arguments: argparse.Namespace) -> Table:
    from desk.container import get_container

    container = get_container()
    return container.case_office.listed(_narrowed(arguments, container.clock()), actor(), arguments.unmask)


def _list(arguments: argparse.Namespace) -> int:
    table = _table(arguments)
    wanted = [*_LISTED, *(("text",) if arguments.unmask else ())]
    places = [table.columns.index(name) for name in wanted]
    print(laid_out(wanted, [[row[n] for n in places] for row in table.rows]))
    more = "; there may be more, see --limit" if len(table.rows) == arguments.limit else ""
    print(f"\n{len(table.rows)} cases{more}" + ("" if arguments.unmask else " (masked; --unmask REASON shows personal data)"))
    return 0


def _export(arguments: argparse.Namespace) -> int:
    from casework.office import exported

    table = _table(arguments)
    rows = tuple(tuple(row) for row in translated(table.columns, table.rows))
    worded = dataclasses.replace(table, columns=tuple(title(column) for column in table.columns), rows=rows)
    path, kind = (arguments.csv, "csv") if arguments.csv else (arguments.xlsx, "xlsx")
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)  # it may hold personal data
    with os.fdopen(handle, "wb") as file:
        file.write(exported(worded, kind))
    print(f"{len(rows)} cases -> {path}" + ("" if arguments.unmask else " (masked)"))
    return 0


def _show(arguments: argparse.Namespace) -> int:
    from desk.container import get_container

    _print_file(get_container().case_office.file(arguments.reference, actor(), arguments.unmask))
    return 0


def _print_file(file: CaseFile) -> None:
    case, person = file.case, file.person
    for name, value in (
        ("reference", case.reference), ("kind", case.kind.value), ("state", case.state), ("region", case.region),
        ("channel", case.channel), ("language", case.language), ("created_at", _local(case.created_at)),
        ("updated_at", _local(case.updated_at)), ("name", person.name), ("phone", person.phone), ("email", person.email),
    ):
        if value:
            print(f"{title(name)}  {printable(shown(name, value))}")
    for fact, said in {**case.facts, **file.facts}.items():
        print(f"{fact}  {printable(str(said))}")
    for remark in file.remarks:
        print(f"[{_local(remark.at)} {remark.author} {remark.kind}]  {printable(remark.text)}")
    entries = [(_local(e.at), e.actor, e.action, shown("state", e.to_state), e.note) for e in file.trail]
    print("\n" + laid_out(("at", "actor", "action", "to_state", "note"), entries))
    if file.pending:
        waiting = [(_local(m.due_at), m.template, m.channel.value) for m in file.pending]
        print("\n" + laid_out(("due_at", "template", "channel"), waiting))
    if file.masked:
        print("\n(masked; --unmask REASON shows personal data)")


def _take(arguments: argparse.Namespace) -> int:
    from desk.container import get_container

    text = sys.stdin.read() if arguments.text is None else arguments.text
    state = get_container().case_steps.take(arguments.reference, arguments.step, actor(), text)
    print(f"{arguments.reference}: {shown('state', state)} ({state})")
    return 0


def _note(arguments: argparse.Namespace) -> int:
    from desk.container import get_container

    text = sys.stdin.read() if arguments.text is None else arguments.text
    get_container().case_office.note(arguments.reference, actor(), text)
    print(f"{arguments.reference}: noted")
    return 0


def _local(instant: dt.datetime) -> str:
    from desk.clock import SHANGHAI

    return instant.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
