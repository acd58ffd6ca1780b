"""The page without JavaScript: one address, a form that posts, the same conversation (`bot/web/plain_page.py` renders it).

The session stands in a cookie that scripts and other sites cannot use; every form carries a token of its session, and
without it nothing is said in the user's name. A form that is sent twice is handled once (`client_id`).
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qs

from sanic import Blueprint, Request
from sanic.response import HTTPResponse, html, redirect

from bot.channels.chat import CLIENT_ID, typed
from bot.channels.continuing import OneTimeLinks
from bot.channels.gate import ApiError, Gate, body_of, language_of_request
from bot.channels.rendering import public
from bot.channels.sessions import LANGUAGES, Session, TokenError
from bot.conversation import Conversations, TurnResult
from bot.web import sentence
from bot.web.plain_page import PlainPage, render, words
from casework.oversight import FeedbackBook, FeedbackReason

_BODY_LIMIT = 32 * 1024  # bytes: a form writes each Chinese character as nine
_COOKIE, _ELDER = "zhiwen", "zhiwen_elder"
_ADDRESS = "/plain"
_NEWEST = f"{_ADDRESS}#new"
_FORM = "application/x-www-form-urlencoded"
_WORDED = {"human": "human", "cancel": "leave"}  # buttons of the page itself, by their words


@dataclass(frozen=True, slots=True)
class Means:
    """What the page needs: the gate, one-time links, where feedback goes, how a conversation is deleted, the key of its tokens."""

    gate: Gate
    links: OneTimeLinks
    feedback: FeedbackBook
    forget: Callable[[str], None]
    key: bytes
    sheet: str
    demo: bool


def plain_blueprint(means: Means) -> Blueprint:
    """Build the blueprint."""
    blueprint = Blueprint("plain")

    @blueprint.get(_ADDRESS)
    async def show(request: Request) -> HTTPResponse:
        return await _Visit(means, request).show()

    @blueprint.post(_ADDRESS, stream=True)
    async def post(request: Request) -> HTTPResponse:
        return await _Visit(means, request).post()

    return blueprint


def _with(entries: list[dict[str, Any]], latest: TurnResult, said: str, result: TurnResult) -> list[dict[str, Any]]:
    """The history with a turn that it does not hold as it was: nothing of it (the bot is off), or without a notice."""
    shown = [{"from": "bot", "message": public(message)} for message in result.messages]
    if latest.messages and result.messages[-len(latest.messages) :] == latest.messages:
        return [*entries[: -len(latest.messages)], *shown]
    return [*entries, {"from": "user", "text": said}, *shown]


async def form_of(request: Request) -> dict[str, str]:
    """The fields of a sent form; raises ApiError for anything else, files among it."""
    raw = await body_of(request, _BODY_LIMIT)
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _FORM:
        raise ApiError(415, "no_files", language_of_request(request))
    try:
        found = parse_qs(raw.decode("utf-8"), keep_blank_values=True, max_num_fields=20)
    except ValueError:
        raise ApiError(400, "bad_request", language_of_request(request)) from None
    return {name: values[0] for name, values in found.items()}


class _Visit:
    """One request of one visitor."""

    def __init__(self, means: Means, request: Request) -> None:
        self._means, self._request = means, request
        asked = request.args.get("lang")
        self._language = asked if asked in LANGUAGES else "zh"  # Chinese first, whatever the browser speaks
        self._elder = request.cookies.get(_ELDER) == "1"
        self._cookie: str | None = None
        self._session = self._known()

    # -- asking and answering

    async def show(self) -> HTTPResponse:
        try:
            if self._session is not None:
                self._means.gate.limited(self._request, self._session, self._session.language)
                return await self._page()
            await self._begin()
            notice = words(self._language)["expired"] if self._request.cookies.get(_COOKIE) else ""
            return await self._page(notice=notice)
        except ApiError as error:
            return self._sorry(error, {})

    async def post(self) -> HTTPResponse:
        form: dict[str, str] = {}
        try:
            form = await form_of(self._request)
            return await self._act(form)
        except ApiError as error:
            if self._session is None or error.status in (429, 503):
                return self._sorry(error, form)
            return await self._page(draft=form.get("text", ""), trouble=sentence(error.code, error.language), status=error.status)

    async def _act(self, form: dict[str, str]) -> HTTPResponse:
        session = self._session
        if session is None and (code := self._request.args.get("code")):
            await self._take_up(code)
            return await self._say(form)
        if session is None:  # the first message, or the cookie has expired
            await self._begin()
            if self._request.cookies.get(_COOKIE):
                return await self._page(draft=form.get("text", ""), notice=words(self._language)["expired"])
            return await self._say(form)
        self._means.gate.limited(self._request, session, session.language)
        if not hmac.compare_digest(form.get("csrf", "").encode(), self._csrf(session).encode()):
            return await self._page(draft=form.get("text", ""), trouble=words(session.language)["once_more"], status=403)
        if "do" in form:
            return await self._do(form["do"], session)
        if "reason" in form:
            return await self._remark(form, session)
        return await self._say(form)

    async def _say(self, form: dict[str, str]) -> HTTPResponse:
        session = self._present
        talk, client_id = self._talk, form.get("client_id")
        client_id = client_id if client_id and CLIENT_ID.fullmatch(client_id) else None
        if "press" in form:
            pressed = form["press"]
            if not 0 < len(pressed) <= 200:
                raise ApiError(400, "bad_request", session.language)
            said = await self._title(pressed)
            result = await talk.press(session, pressed, said, client_id=client_id)
        else:
            clean = typed(form.get("text", ""), session.language)
            said = clean.text
            result = await talk.say(session, clean, client_id=client_id)
        if result.messages == (await talk.latest(session)).messages:
            return self._kept(redirect(_NEWEST, status=303))
        return await self._page(spoken=(said, result))  # a notice that no history holds: shown now or never

    async def _do(self, what: str, session: Session) -> HTTPResponse:
        if what == "elder":
            self._elder = not self._elder
        elif what == "language":
            chosen = "en" if session.language == "zh" else "zh"
            self._session = replace(session, language=chosen)
            self._cookie = self._means.gate.sessions.issue(self._session)
            title = words(session.language)["other_language"]
            await self._talk.press(self._session, f"language_{chosen}", title)
        elif what in ("fresh", "erase"):
            if what == "erase":
                async with self._talk.undisturbed(session):
                    await asyncio.to_thread(self._means.forget, session.id)
            self._language = session.language
            await self._begin()
            if what == "erase":
                return await self._page(notice=words(self._language)["erased"])
        else:
            raise ApiError(400, "bad_request", session.language)
        return self._kept(redirect(_NEWEST, status=303))

    async def _remark(self, form: dict[str, str], session: Session) -> HTTPResponse:
        reason, card = form["reason"], form.get("card", "")
        if reason not in {known.value for known in FeedbackReason} or card not in await self._talk.cards(session):
            raise ApiError(422, "not_shown", session.language)
        book = self._means.feedback
        await asyncio.to_thread(book.record, card, FeedbackReason(reason), conversation_id=session.id, profile=session.profile)
        return await self._page(notice=words(session.language)["thanks"])

    # -- the session

    def _known(self) -> Session | None:
        try:
            session = self._means.gate.sessions.check(self._request.cookies.get(_COOKIE))
        except TokenError:
            return None
        self._cookie = self._means.gate.sessions.renewed(session)
        return session

    async def _begin(self) -> None:
        self._means.gate.limited(self._request, None, self._language)
        talk = self._means.gate.conversations(self._language)
        self._session, self._cookie = self._means.gate.sessions.open(self._language, "public")
        await talk.open(self._session)

    async def _take_up(self, code: str) -> None:
        """Go on with the conversation of a one-time link."""
        self._means.gate.limited(self._request, None, self._language)
        try:
            self._session = await asyncio.to_thread(self._means.links.redeem, code)
        except TokenError:
            raise ApiError(410, "link_used", self._language) from None
        self._cookie = self._means.gate.sessions.issue(self._session)

    @property
    def _present(self) -> Session:
        if self._session is None:
            raise ApiError(401, "unauthorised", self._language)
        return self._session

    @property
    def _talk(self) -> Conversations:
        return self._means.gate.conversations(self._present.language)

    def _csrf(self, session: Session) -> str:
        return hmac.new(self._means.key, session.id.encode(), hashlib.sha256).hexdigest()

    async def _title(self, pressed: str) -> str:
        """What the pressed button said, as it stands in the conversation; never what the client claims."""
        if pressed in _WORDED:
            return words(self._present.language)[_WORDED[pressed]]
        entries = await self._talk.history(self._present)
        shown = [b for entry in reversed(entries) if entry["from"] == "bot" for b in entry["message"]["buttons"]]
        return next((b["title"] for b in shown if b["id"] == pressed), "")

    # -- replies

    async def _page(
        self, *, draft: str = "", trouble: str = "", notice: str = "", status: int = 200, spoken: tuple[str, TurnResult] | None = None
    ) -> HTTPResponse:
        session = self._present
        entries, told = await self._talk.history(session), await self._talk.latest(session)
        if spoken is not None:
            entries, told = _with(entries, told, *spoken), spoken[1]
        page = PlainPage(
            language=session.language,
            sheet=self._means.sheet,
            entries=entries,
            outcome=told.outcome.value,
            form=told.form,
            csrf=self._csrf(session),
            client_id=secrets.token_urlsafe(12),
            draft=draft,
            trouble=trouble,
            notice=notice,
            demo=self._means.demo,
            elder=self._elder,
        )
        return self._kept(html(render(page), status=status))

    def _sorry(self, error: ApiError, form: dict[str, str]) -> HTTPResponse:
        """A page without its conversation, which cannot be read now; what was written stays in the box."""
        session = self._session
        page = PlainPage(
            language=error.language,
            sheet=self._means.sheet,
            csrf=self._csrf(session) if session else "",
            client_id=form.get("client_id", ""),
            draft=form.get("text", ""),
            trouble=sentence(error.code, error.language),
            demo=self._means.demo,
            elder=self._elder,
        )
        response = html(render(page), status=error.status)
        if error.status in (429, 503):
            response.headers["retry-after"] = str(error.wait)
        return self._kept(response)

    def _kept(self, response: HTTPResponse) -> HTTPResponse:
        """With the cookies that the visit changed."""
        response.headers["cache-control"] = "no-store"
        secure = self._request.scheme == "https"
        changed = {_COOKIE: self._cookie, _ELDER: "1" if self._elder else "0"}
        for name, value in changed.items():
            if value is not None and value != self._request.cookies.get(name, "0" if name == _ELDER else None):
                response.cookies[name] = value
                for attribute, wish in (("path", _ADDRESS), ("httponly", True), ("samesite", "Lax"), ("secure", secure)):
                    response.cookies[name][attribute] = wish
        return response
