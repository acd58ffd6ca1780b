"""The page without JavaScript as a program uses it: forms are filled and sent, the page is read.

    plain = Plain(server.url)                 # language="en", client=httpx.Client(...) for a page of one's own
    plain.open()                              # the opening messages, as texts
    plain.say("发明专利保护多少年？")           # the reply's messages, as texts
    plain.press("预约专家咨询")                 # a button by its title (or id)
    plain.outcome, plain.buttons, plain.step  # "collecting", {title: id}, (1, 10)

`normal(text)` brings a text of the chat API and one read from the page to the same form: without list marks, on one line.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

import httpx

_MARK = re.compile(r"^\s*(?:[-•·]\s+|\d{1,2}(?:[.．](?!\d)|[、)）])\s*)", re.M)
_BLOCKS = frozenset({"p", "li", "div", "dd", "ul", "ol", "dl"})


def normal(text: str) -> str:
    """Without list marks and line breaks; colons alike."""
    return re.sub(r"\s*[：:]\s*", ":", " ".join(_MARK.sub("", text).split()))


@dataclass
class Seen:
    """What stands on one page."""

    texts: list[str] = field(default_factory=list)  # of the bot's present messages
    said: list[str] = field(default_factory=list)  # by the user, all of them
    buttons: dict[str, str] = field(default_factory=dict)  # titles of the present messages' buttons and their ids
    tools: dict[str, tuple[str, str]] = field(default_factory=dict)  # every button: its title, name and value
    hidden: dict[str, str] = field(default_factory=dict)
    links: list[str] = field(default_factory=list)
    outcome: str = ""
    trouble: str = ""
    notice: str = ""
    draft: str = ""
    progress: str = ""


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen, self._open, self._present, self._button = Seen(), list[str](), False, None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        classes = attributes.get("class", "").split()
        if tag == "input":
            self.seen.hidden.setdefault(attributes["name"], attributes.get("value", ""))
        elif tag == "br":
            self._add("\n")
        elif tag not in ("meta", "link"):
            self._open.append(self._role(tag, classes, attributes))
        if "row" in classes:
            self._present = "data-present" in attributes
            if self._present:
                self.seen.texts.append("")
        if tag == "button":
            self._button = [attributes.get("name", ""), attributes.get("value", ""), ""]
        if tag == "footer":
            self.seen.outcome = attributes["data-outcome"]
        if tag == "a" and "plain" in classes:
            self.seen.links.append(attributes["href"])
        if tag == "dd":
            self._add(":")

    def _role(self, tag: str, classes: list[str], attributes: dict[str, str]) -> str:
        role = {"alert": "trouble", "status": "notice"}.get(attributes.get("role", ""))
        named = next((c for c in ("said", "you", "progress") if c in classes), None)
        return f"{tag} {role or named or ''}"

    def handle_endtag(self, tag: str) -> None:
        if tag == "button" and self._button is not None:
            name, value, title = self._button
            self.seen.tools[title.strip()] = (name, value)
            if name == "press" and self._present and any(part.startswith("main") for part in self._open):
                self.seen.buttons[title.strip()] = value
            self._button = None
        if tag in _BLOCKS:
            self._add("\n")
        while self._open and self._open.pop().split(" ")[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if self._button is not None:
            self._button[2] += data
        elif self._open and self._open[-1].startswith("textarea"):
            self.seen.draft += data
        else:
            self._add(data)

    def _add(self, data: str) -> None:
        roles = {part.split(" ", 1)[1] for part in self._open}
        if {"said", "you"} <= roles:
            if data.strip():
                self.seen.said.append(data)
        elif "said" in roles and self._present:
            self.seen.texts[-1] += data
        for role in roles & {"trouble", "notice", "progress"}:
            setattr(self.seen, role, (getattr(self.seen, role) + data).strip())


def read(page: str) -> Seen:
    """What a page shows."""
    reader = _Reader()
    reader.feed(page)
    reader.seen.texts = [text.strip() for text in reader.seen.texts]
    return reader.seen


class Plain:
    """One visitor with a browser that runs no scripts."""

    def __init__(self, url: str, language: str = "zh", client: httpx.Client | None = None) -> None:
        self.client = client or httpx.Client(base_url=url, follow_redirects=True, timeout=60)
        self._language, self.seen, self.status = language, Seen(), 0

    def open(self) -> list[str]:
        """Open the page; the opening messages."""
        return self._took(self.client.get("/plain", params={"lang": self._language}))

    def say(self, text: str) -> list[str]:
        """Type and send; the messages of the reply."""
        return self.send(text=text)

    def press(self, button: str) -> list[str]:
        """Press a button by its title, or by an id; the messages of the reply."""
        return self.send(press=self.seen.buttons.get(button, button))

    def tool(self, title: str) -> list[str]:
        """Press one of the page's own buttons."""
        name, value = self.seen.tools[title]
        return self.send(**{name: value})

    def send(self, **fields: str) -> list[str]:
        """Send a form with the page's hidden fields."""
        return self._took(self.client.post("/plain", data={**self.seen.hidden, **fields}))

    @property
    def outcome(self) -> str:
        return self.seen.outcome

    @property
    def buttons(self) -> dict[str, str]:
        return self.seen.buttons

    @property
    def step(self) -> tuple[int, int] | None:
        """Where a form stands."""
        found = [int(number) for number in re.findall(r"\d+", self.seen.progress)]
        return (found[0], found[1]) if len(found) > 1 else None

    def _took(self, reply: httpx.Response) -> list[str]:
        self.status = reply.status_code
        self.seen = read(reply.text)
        return self.seen.texts
