"""What each kind of update does: a turn of the conversation, or one defined sentence."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.channels.continuing import MINUTES, OneTimeLinks
from bot.channels.rendering_telegram import notice, render, resolve
from bot.channels.sanitise import Clean, TextRefusedError, sanitise
from bot.channels.sessions import Session
from bot.channels.telegram import Gateway
from bot.channels.telegram_model import Incoming, Key, Kind, Outgoing
from bot.conversation import Conversations, Standing, TurnResult
from bot.web import sentence
from casework.masking import mask_text
from desk.abroad import PHONES, Gate, PersonalDataAbroad
from desk.reply import button
from knowledge.text import language_of

_COMMANDS = {"help": "help", "book": "book_consultation", "pledge": "start_pledge", "mycases": "lookup_case"}
_PRIVACY_CARD = "card:assistance/privacy"
_AGREE, _REFUSE = "abroad:yes", "abroad:no"
_NOTICES = {
    Kind.EDITED: "telegram_edited",
    Kind.STICKER: "telegram_sticker",
    Kind.FILE: "telegram_file",
    Kind.VOICE: "telegram_voice",
    Kind.PLACE: "telegram_place",
    Kind.OTHER: "telegram_other",
}


@dataclass(frozen=True, slots=True)
class Means:
    """What every turn of the channel needs."""

    gateway: Gateway
    abroad: PersonalDataAbroad
    links: OneTimeLinks
    demo: bool
    public_url: str | None


class Turn:
    """One update of one conversation, which stands at `standing` before it."""

    def __init__(self, means: Means, update: Incoming, session: Session, talk: Conversations, standing: Standing) -> None:
        self._means, self._update, self._session, self._talk, self._standing = means, update, session, talk, standing
        self._gate = means.abroad.gate(session.id, standing.asks)
        # A process that died between the turn and its reply leaves an update that comes again: it gets the same reply.
        self._id = f"tg-{update.update_id}"

    async def run(self) -> None:
        """Do what the update's kind asks for. Raises what Gateway.send raises."""
        update = self._update
        if update.kind is Kind.COMMAND:
            await self._command(update.text)
        elif update.kind is Kind.BUTTON:
            await self._pressed()
        elif update.kind is Kind.CONTACT:
            await self._contact()
        elif update.kind is Kind.TEXT:
            await self._typed(update.text)
        else:
            await self._send(notice(_NOTICES[update.kind], self._standing.language))
            if update.text and update.kind is not Kind.EDITED:  # a caption
                await self._typed(update.text)

    # -- commands

    async def _command(self, name: str) -> None:
        language = self._standing.language
        if name == "start":
            if self._standing.shown:  # nothing of a conversation before may colour this one
                await self._talk.press(self._session, "start_over", "/start", self._id)
            if self._means.demo:
                await self._send(notice("demo", language))
            await self._reply(await self._talk.open(self._session))
        elif name == "language":
            keys = (Key(button("language_zh", language).title, "language_zh"), Key(button("language_en", language).title, "language_en"))
            await self._send(notice("telegram_language", language, (keys,)))
        elif name == "privacy":
            await self._send(notice(f"telegram_privacy_{self._means.abroad.policy}", language))
            await self._reply(await self._talk.press(self._session, _PRIVACY_CARD, "/privacy", self._id))
        else:
            await self._reply(await self._talk.press(self._session, _COMMANDS[name], f"/{name}", self._id))

    # -- what the user says

    async def _typed(self, text: str) -> None:
        try:
            typed = sanitise(text)
        except TextRefusedError as error:
            return await self._send(notice(error.code, self._standing.language))
        if self._gate is not Gate.OPEN and not self._means.abroad.may_pass(typed.text, await self._talk.intent(typed.text)):
            return await self._at_the_gate(typed.text)
        return await self._said(typed)

    async def _said(self, typed: Clean) -> None:
        if self._means.abroad.policy == "link":  # what was typed all the same is at least not used
            masked = mask_text(typed.text)
            if masked != typed.text:
                await self._send(notice("telegram_masked", self._standing.language))
                typed = Clean(masked, typed.personal)
        await self._reply(await self._talk.say(self._session, typed, client_id=self._id))

    async def _contact(self) -> None:
        """A shared contact is the phone number that a form asks for, and nothing otherwise."""
        language = self._standing.language
        if self._standing.asks not in PHONES:
            return await self._send(notice("telegram_contact_not_asked", language))
        if self._gate is not Gate.OPEN:
            return await self._send(self._before(self._gate, language))
        if not self._update.own:
            return await self._send(notice("telegram_contact_other", language))
        number = "+" + re.sub(r"\D", "", self._update.text)
        return await self._reply(await self._talk.say(self._session, sanitise(number), client_id=self._id))

    async def _pressed(self) -> None:
        update = self._update
        pressed, title = resolve(update.button, self._standing.shown)
        title = update.title or title
        if update.message and (pressed.startswith("v:") or pressed in (_AGREE, _REFUSE)):
            await self._means.gateway.settle(update.chat, update.message, Key(f"✓ {title or pressed}", update.button))
        if pressed in (_AGREE, _REFUSE) and self._gate is Gate.CONSENT:
            return await (self._agreed() if pressed == _AGREE else self._refused())
        if pressed.startswith("v:") and self._gate is not Gate.OPEN:
            return await self._send(self._before(self._gate, self._standing.language))
        return await self._reply(await self._talk.press(self._session, pressed, title, self._id))

    # -- personal data

    async def _at_the_gate(self, text: str) -> None:
        answer = self._means.abroad.answer(text) if self._gate is Gate.CONSENT else None
        if answer is None:
            await self._send(self._before(self._gate, self._standing.language))
        else:
            await (self._agreed() if answer else self._refused())

    async def _agreed(self) -> None:
        """The consent is kept; the question that it stood before comes now."""
        self._means.abroad.agree(self._session.id)
        await self._send(*self._rendered(self._standing.latest[-1:], self._standing.asks))

    async def _refused(self) -> None:
        await self._send(notice("telegram_abroad_refused", self._standing.language))
        await self._reply(await self._talk.press(self._session, "cancel", sentence("telegram_abroad_no", self._standing.language), self._id))

    def _before(self, gate: Gate, language: str) -> Outgoing:
        """What stands in place of a question for personal data."""
        rows: list[tuple[Key, ...]] = []
        if self._means.public_url:
            url = f"{self._means.public_url}{self._means.links.path(self._session, language)}"
            rows.append((Key(sentence("telegram_link_button", language), url=url),))
        if gate is Gate.LINK:
            cancel = button("cancel", language)
            return notice("telegram_link", language, (*rows, (Key(cancel.title, cancel.id),)), minutes=MINUTES)
        answers = (Key(sentence("telegram_abroad_yes", language), _AGREE), Key(sentence("telegram_abroad_no", language), _REFUSE))
        return notice("telegram_abroad", language, (answers, *rows), operator=self._means.abroad.operator)

    # -- replies

    async def _reply(self, result: TurnResult) -> None:
        """Send a turn's messages; in place of a question for personal data what stands before it."""
        asks = result.form["field"] if result.form else None
        gate, messages = self._means.abroad.gate(self._session.id, asks), result.messages
        if gate is Gate.OPEN:
            return await self._send(*self._rendered(messages, asks))
        question, said = messages[-1], messages[:-1]  # a form asks last
        return await self._send(*self._rendered(said), self._before(gate, _tongue(question)))

    def _rendered(self, messages: Sequence[dict[str, Any]], asks: str | None = None) -> list[Outgoing]:
        found: list[Outgoing] = []
        for number, message in enumerate(messages, 1):
            phone = asks in PHONES and number == len(messages)
            found += render(message, _tongue(message), demo=self._means.demo, public_url=self._means.public_url, asks_phone=phone)
        return found

    async def _send(self, *messages: Outgoing) -> None:
        for message in messages:
            await self._means.gateway.send(self._update.chat, message)


def _tongue(message: dict[str, Any]) -> str:
    """The language in which a message speaks."""
    return "en" if language_of(message["text"]) == "en" else "zh"
