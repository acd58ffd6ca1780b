"""What `zhiwen knowledge check` refuses, beyond the form of one card: sources, dates, relations, repetition."""

from __future__ import annotations

import datetime as dt
import re
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator

from rapidfuzz import fuzz, process

from knowledge.cards import Card
from knowledge.corpus import Corpus, load_corpus
from knowledge.errors import CardError

_FIGURE = re.compile(r"\d|[一二三四五六七八九十百千万两半]+(?:年|个月|日|天|元|倍|万|亿)")
_HOTLINES = re.compile(r"12345|12315|12330|12348")
_ANSWER_LIMIT = 60
_NEAR_DUPLICATE = 92  # rapidfuzz ratio, 0..100; measured: lower values hit honest neighbours
MINIMUM = {False: (20, 5), True: (40, 5)}  # top? -> (zh, en) phrasings

Check = Callable[[Corpus, dt.date], Iterator[CardError]]


def _error(card: Card, problem: str, remedy: str) -> CardError:
    return CardError(f"{card.path}:1", problem, remedy)


def citations_hold(corpus: Corpus, today: dt.date) -> Iterator[CardError]:
    """Unknown sources, articles the law does not have, versions not in force on the card's days."""
    for card in corpus.cards.values():
        for citation in card.citations:
            source = corpus.sources.get(citation.source)
            if source is None:
                yield _error(card, f"source {citation.source!r} is not in the registry", "add it to knowledge/sources.yml")
                continue
            if source.articles is None:
                continue
            if not citation.article:
                yield _error(card, f"{citation.source} is cited without an article", "name the article")
                continue
            try:
                numbers = citation.article_numbers()
            except ValueError:
                yield _error(card, f"article {citation.article!r} is no number", 'write "42", "42,43" or "219-1"')
                continue
            first, last = source.articles
            for number in numbers:
                if not first <= number <= last:
                    yield _error(card, f"{citation.source} has no article {number}", f"its articles are {first} to {last}")
            if not source.holds_throughout(card.effective_from, card.effective_until):
                yield _error(
                    card,
                    f"{citation.source} holds {source.effective_from} to {source.effective_until or 'open'}, "
                    f"the card {card.effective_from} to {card.effective_until or 'open'}",
                    "narrow the card's days or cite the version in force",
                )


def dates_are_sound(corpus: Corpus, today: dt.date) -> Iterator[CardError]:
    """Expired cards without a successor, windows that end before they begin, overdue re-checks."""
    followed = {card.succeeds for card in corpus.cards.values()}
    for card in corpus.cards.values():
        if card.effective_until is not None:
            if card.effective_until <= card.effective_from:
                yield _error(card, "the card ends before it begins", "correct effective_from/effective_until")
            elif card.effective_until <= today and card.id not in followed:
                yield _error(card, f"the card expired on {card.effective_until}", "remove it or write its successor")
            if card.id in followed and not card.change_note:
                yield _error(card, "the card will be succeeded but says not what changes", "add change_note {zh, en}")
        if card.recheck < today:
            yield _error(card, f"the card was to be re-checked by {card.recheck}", "check it against its sources and set new dates")
        if card.checked is not None and card.checked > today:
            yield _error(card, f"checked on {card.checked}, a day to come", "set the day on which it was checked")


def figures_are_checked(corpus: Corpus, today: dt.date) -> Iterator[CardError]:
    """A figure in a card that nobody checked."""
    for card in corpus.cards.values():
        if card.checked is None:
            text = _HOTLINES.sub("", card.answer + "".join(card.sections.values()))
            if match := _FIGURE.search(text):
                yield _error(card, f"it gives a figure ({match[0]!r}) but was not checked", "check it and set `checked`")


def relations_are_alive(corpus: Corpus, today: dt.date) -> Iterator[CardError]:
    """Related, succeeding and grouped cards must exist and make sense."""
    groups: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for card in corpus.cards.values():
        for other in card.related:
            if other not in corpus.cards:
                yield _error(card, f"related card {other!r} does not exist", "correct or remove it")
            elif other == card.id:
                yield _error(card, "the card is related to itself", "remove it")
        if card.succeeds is not None:
            older = corpus.cards.get(card.succeeds)
            if older is None:
                yield _error(card, f"it succeeds {card.succeeds!r}, which does not exist", "correct the id")
            elif older.effective_until != card.effective_from:
                yield _error(card, f"it begins {card.effective_from}, {older.id} ends {older.effective_until}", "let the windows meet")
        if card.group is not None:
            groups[card.group.name][card.group.asks].append(card.id)
    for name, by_fact in groups.items():
        if len(by_fact) > 1:
            card = corpus.cards[next(iter(by_fact.values()))[0]]
            yield _error(card, f"group {name!r} asks for two different facts", "let a group ask for one fact")
        elif sum(1 for ids in by_fact.values() for i in ids if corpus.cards[i].succeeds is None) < 2:
            card = corpus.cards[next(iter(by_fact.values()))[0]]
            yield _error(card, f"group {name!r} has one card only", "add its sisters or remove the group")


def answers_are_short(corpus: Corpus, today: dt.date) -> Iterator[CardError]:
    """Answer first: a long opening hides it. 60 characters, twice that where the need has several parts."""
    for card in corpus.cards.values():
        if len(card.answer) > 2 * _ANSWER_LIMIT:
            yield _error(card, f"the answer has {len(card.answer)} characters", "say it in about 60, the rest under 说明")


def phrasings_suffice(corpus: Corpus, today: dt.date) -> Iterator[CardError]:
    """Enough ways of asking for each card (successors inherit theirs)."""
    for card in corpus.cards.values():
        has = corpus.phrasings[card.id]
        zh, en = MINIMUM[card.top]
        if len(has.zh) < zh or len(has.en) < en:
            yield _error(card, f"{len(has.zh)} Chinese and {len(has.en)} English phrasings", f"write at least {zh} and {en}")


def phrasings_are_distinct(corpus: Corpus, today: dt.date) -> Iterator[CardError]:
    """The same phrasing under two cards teaches the encoder nothing but confusion."""
    seen: dict[str, str] = {}
    for card_id, phrasings in corpus.phrasings.items():
        if card_id not in corpus.cards or corpus.cards[card_id].succeeds:
            continue
        for text in phrasings.zh + phrasings.en:
            key = re.sub(r"[\W_]+", "", text.lower())
            if key in seen and seen[key] != card_id:
                yield _error(corpus.cards[card_id], f"phrasing {text!r} stands under {seen[key]} too", "keep it where it fits best")
            seen[key] = card_id


def cards_are_distinct(corpus: Corpus, today: dt.date) -> Iterator[CardError]:
    """Two cards with nearly the same title are one need."""
    current = [card for card in corpus.cards.values() if card.succeeds is None]
    titles = [f"{card.title_zh}|{'kids' if card.audience == ('kids',) else 'teens' if card.audience == ('teens',) else ''}" for card in current]
    for index, card in enumerate(current):
        for _, score, other in process.extract(titles[index], titles[index + 1 :], scorer=fuzz.ratio, score_cutoff=_NEAR_DUPLICATE, limit=3):
            twin = current[index + 1 + other]
            if twin.audience == card.audience and fuzz.ratio(twin.answer, card.answer) > 60:
                yield _error(twin, f"it repeats {card.id} ({score:.0f} % the same title)", "merge the two cards")


CHECKS: tuple[Check, ...] = (
    citations_hold,
    dates_are_sound,
    figures_are_checked,
    relations_are_alive,
    answers_are_short,
    phrasings_suffice,
    phrasings_are_distinct,
    cards_are_distinct,
)


def check_corpus(corpus: Corpus, today: dt.date) -> list[CardError]:
    """Every problem of the corpus on the day `today`, form errors first."""
    found = list(corpus.problems)
    for check in CHECKS:
        found += check(corpus, today)
    return found


def main() -> int:
    """`python -m knowledge.check [area …]`: print the problems (of some areas only); 1 when there are any."""
    areas = tuple(f"/{area}/" for area in sys.argv[1:])
    corpus = load_corpus()
    problems = check_corpus(corpus, dt.datetime.now(dt.timezone.utc).date())
    shown = [p for p in problems if not areas or any(area in p.where for area in areas)]
    for problem in shown[:60]:
        print(problem)
    print(f"{len(corpus.cards)} cards, {sum(len(p.zh) + len(p.en) for p in corpus.phrasings.values())} phrasings, "
          f"{len(shown)} problems")
    return 1 if shown else 0


if __name__ == "__main__":
    sys.exit(main())
