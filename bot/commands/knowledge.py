"""`zhiwen knowledge`: check, build and search the knowledge base; list what must be re-checked."""

from __future__ import annotations

import argparse
import datetime as dt
import sys
import time
from typing import Any


def register(subparsers: Any) -> None:
    command = subparsers.add_parser("knowledge", help="check, build, search the knowledge base")
    verbs = command.add_subparsers(dest="verb", metavar="VERB", required=True)
    check = verbs.add_parser("check", help="refuse bad cards: file, line, remedy")
    check.add_argument("areas", nargs="*", help="only these areas")
    check.set_defaults(run=_check)
    build = verbs.add_parser("build", help="build a release from the cards (skipped when nothing changed)")
    build.add_argument("--force", action="store_true")
    build.set_defaults(run=_build)
    live = verbs.add_parser("release", help="build, pass the gates, make it live (no restart)")
    live.add_argument("--force", action="store_true", help="build although nothing changed")
    live.set_defaults(run=_release)
    back = verbs.add_parser("rollback", help="make the release before this one live again")
    back.add_argument("--reason", required=True, help="why, for the record")
    back.set_defaults(run=_rollback)
    status = verbs.add_parser("status", help="which release is live, what is switched off")
    status.set_defaults(run=_status)
    for name, what in (("off", "switch an area or a card off, within seconds"), ("on", "switch it on again")):
        switch = verbs.add_parser(name, help=what)
        switch.add_argument("topic", help="an area (patents) or a card (patents/invention-term)")
        switch.add_argument("--reason", required=True, help="why, for the record")
        switch.set_defaults(run=_switch)
    search = verbs.add_parser("search", help="what a question finds, with every gate's verdict")
    search.add_argument("question")
    search.add_argument("--date", type=dt.date.fromisoformat, help="the day asked about")
    search.add_argument("--language", choices=("zh", "en"), default="zh")
    search.add_argument("--audience", choices=("public", "kids", "teens"), default="public")
    search.set_defaults(run=_search)
    table = verbs.add_parser("table", help="cards by area and language, as Markdown")
    table.set_defaults(run=_table)
    stale = verbs.add_parser("stale", help="cards to be re-checked soon, the most often shown first")
    stale.add_argument("--days", type=int, default=60, help="look this many days ahead (default 60)")
    stale.set_defaults(run=_stale)


def _check(arguments: argparse.Namespace) -> int:
    from knowledge.check import check_corpus
    from knowledge.corpus import load_corpus
    from knowledge.lexicon import load_lexicon
    from knowledge.themes import load_themes

    started = time.perf_counter()
    load_lexicon()
    load_themes()
    corpus = load_corpus()
    today = dt.datetime.now(dt.timezone.utc).date()
    areas = tuple(f"/{area}/" for area in arguments.areas)
    problems = [p for p in check_corpus(corpus, today) if not areas or any(a in p.where for a in areas)]
    for problem in problems:
        print(problem)
    phrasings = sum(len(p.zh) + len(p.en) for p in corpus.phrasings.values())
    print(f"{len(corpus.cards)} cards, {phrasings} phrasings, {len(problems)} problems, {time.perf_counter() - started:.1f} s")
    return 1 if problems else 0


def build_release(force: bool = False, say: Any = print) -> str:
    """Build a release unless the newest one has the same content; returns its id."""
    from desk.container import get_container
    from knowledge import release
    from knowledge.corpus import load_corpus
    from knowledge.errors import ReleaseError

    container = get_container()
    key = container.keyring.derive("release")
    mark = release.fingerprint(container.encoder.name)
    found = release.releases(container.releases_dir)
    if found and not force and found[0].name.endswith(mark):
        try:
            release.read_manifest(found[0], key)
            return found[0].name
        except ReleaseError as error:
            say(f"… {error}")
    folder = release.build(
        load_corpus(), container.encoder, container.lexicon, container.releases_dir, key, container.clock(),
        step=lambda name: say(f"… knowledge release: {name}"),
    )
    release.prune(container.releases_dir, {folder.name})
    return folder.name


def _build(arguments: argparse.Namespace) -> int:
    print(f"release: {build_release(arguments.force, lambda line: print(line, file=sys.stderr, flush=True))}")
    return 0


def _release(arguments: argparse.Namespace) -> int:
    from desk.container import get_container
    from desk.publishing import publish

    container = get_container()
    built = build_release(arguments.force, lambda line: print(line, file=sys.stderr, flush=True))
    verdict = publish(container, built)
    for line in verdict.reasons:
        print(f"  {line}")
    if not verdict.passed:
        print(f"release {built} was NOT made live; {verdict.live or 'nothing'} stays", file=sys.stderr)
        return 1
    print(f"live: {built}")
    return 0


def _rollback(arguments: argparse.Namespace) -> int:
    from desk.container import get_container
    from desk.publishing import roll_back

    print(f"live: {roll_back(get_container(), _actor(), arguments.reason)}")
    return 0


def _status(arguments: argparse.Namespace) -> int:
    from desk.container import get_container
    from knowledge import release

    container = get_container()
    named = container.live_view.release()
    for folder in release.releases(container.releases_dir):
        manifest = release.read_manifest(folder, container.keyring.derive("release"))
        mark = "live" if folder.name == named else "    "
        print(f"{mark}  {folder.name}  {manifest['cards']} cards, {manifest['phrasings']} phrasings, built {manifest['built'][:16]}")
    for topic in container.topics_off():
        print(f"off   {topic}: {container.live_view.off_reason(topic)}")
    return 0


def _switch(arguments: argparse.Namespace) -> int:
    from desk.container import get_container
    from knowledge.corpus import load_corpus

    corpus = load_corpus()
    areas = {card.area for card in corpus.cards.values()}
    if arguments.topic not in areas and arguments.topic not in corpus.cards:
        print(f"zhiwen: {arguments.topic!r} is neither an area nor a card; areas: {', '.join(sorted(areas))}", file=sys.stderr)
        return 1
    control = get_container().live_control
    (control.turn_off if arguments.verb == "off" else control.turn_on)(_actor(), arguments.reason, arguments.topic)
    print(f"{arguments.verb}: {arguments.topic}")
    return 0


def _actor() -> str:
    import getpass

    return getpass.getuser()


def _search(arguments: argparse.Namespace) -> int:
    from desk.container import get_container
    from knowledge.answerer import Context, normalised_question

    container = get_container()
    context = Context(arguments.date or container.clock().date(), arguments.language, arguments.audience)
    answer = container.answerer.answer(arguments.question, context)
    print(f"read as: {normalised_question(arguments.question)}")
    print(f"outcome: {answer.outcome}" + (f" (theme {answer.theme})" if answer.theme else ""))
    for gate in answer.gates:
        print(f"  gate {gate.name:9} {gate.value:6.3f}  {'passes' if gate.passed else 'FAILS '} at {gate.threshold:.3f}")
    for card, score in answer.candidates:
        print(f"  {score:6.3f}  {card}  {container.live().index.corpus.cards[card].title_zh}")
    return 0


def _table(arguments: argparse.Namespace) -> int:
    from knowledge.corpus import load_corpus
    from knowledge.overview import table

    print(table(load_corpus()))
    return 0


def _stale(arguments: argparse.Namespace) -> int:
    from desk.container import get_container
    from knowledge.corpus import load_corpus

    container = get_container()
    until, answers = container.clock().date() + dt.timedelta(days=arguments.days), container.turn_book.answers_by_card()
    due = [card for card in load_corpus().cards.values() if card.recheck <= until]
    for card in sorted(due, key=lambda c: (-answers.get(c.id, 0), c.recheck, c.id)):
        print(f"{card.recheck}  {answers.get(card.id, 0):6} answers  {card.id}  {card.title_zh}")
    print(f"{len(due)} cards to re-check within {arguments.days} days, those most often shown in the last 90 days first")
    return 0
