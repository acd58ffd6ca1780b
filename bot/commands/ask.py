"""`zhiwen ask`: one question or a file of them, through the whole bot, each as a fresh conversation."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any


def register(subparsers: Any) -> None:
    command = subparsers.add_parser("ask", help="ask one question, or a file of questions, through the whole bot")
    command.add_argument("question", nargs="?", help="the question")
    command.add_argument("--json", action="store_true", help="print the turn as JSON")
    command.add_argument("--language", choices=("zh", "en"), default="zh", help="the session's language (default zh)")
    command.add_argument("--profile", choices=("public", "school"), default="public")
    command.add_argument("--date", help="the day asked about, like 2027-01-01 (default: today)")
    command.add_argument("--jsonl", metavar="IN", type=Path, help='lines {"id", "question", "language"?, "date"?}')
    command.add_argument("--out", metavar="OUT", type=Path, help="where the answers to --jsonl go (default: standard output)")
    command.set_defaults(run=run)


def record(question: Mapping[str, Any], result: Any) -> dict[str, Any]:
    """One line of --jsonl's output."""
    messages = result.messages
    first: Mapping[str, Any] = next((m for m in messages if m.get("card")), next((m for m in messages if m.get("confidence") is not None), {}))
    candidates = [c for m in messages for c in m.get("candidates", [])]
    return {
        "id": question.get("id"),
        "outcome": result.outcome.value,
        "card": first.get("card"),
        "confidence": first.get("confidence"),
        "text": "\n\n".join(m["text"] for m in messages if m["text"]),
        "citations": [c for m in messages for c in m["citations"]],
        "candidates": candidates,
        "cards": [m["card"] for m in messages if m.get("card")],
    }


async def ask_all(questions: list[Mapping[str, Any]], profile: str = "public") -> Iterator[dict[str, Any]]:
    """Each question in a conversation of its own; nothing is left in the database."""
    from bot.offline import open_offline

    conversations = await open_offline()
    from tqdm import tqdm

    progress = tqdm(questions, unit="question", file=sys.stderr, disable=len(questions) < 20)
    return iter([record(question, await conversations.one(question, profile)) for question in progress])


def run(arguments: argparse.Namespace) -> int:
    if (arguments.question is None) == (arguments.jsonl is None):
        print("zhiwen ask: give a question or --jsonl IN", file=sys.stderr)
        return 2
    if arguments.jsonl is not None:
        return _file(arguments)
    question = {"id": None, "question": arguments.question, "language": arguments.language, "date": arguments.date}
    found = next(asyncio.run(ask_all([question], arguments.profile)))
    if arguments.json:
        print(json.dumps(found, ensure_ascii=False, indent=2))
        return 0
    print(found["text"])
    for cited in found["citations"]:
        print(f"  出处：{cited['title']} {cited['article'] or ''}")
    return 0


def _file(arguments: argparse.Namespace) -> int:
    lines = [json.loads(line) for line in arguments.jsonl.read_text(encoding="utf-8").splitlines() if line.strip()]
    answers = asyncio.run(ask_all(lines, arguments.profile))
    out = arguments.out.open("w", encoding="utf-8") if arguments.out else sys.stdout
    for answer in answers:
        out.write(json.dumps(answer, ensure_ascii=False) + "\n")
    if arguments.out:
        out.close()
    return 0
