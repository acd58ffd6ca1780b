"""What goes wrong, said to a program as JSON and to a person as a page."""

from __future__ import annotations

from sanic import Request
from sanic.response import HTTPResponse, html

from bot.channels.gate import error_response
from bot.web import sentence
from bot.web.plain_page import render_error


def failure(request: Request, sheet: str, status: int, code: str, language: str, wait: int = 5) -> HTTPResponse:
    """The error in the form that the client reads: browsers that open an address name `text/html` first."""
    response = error_response(status, code, language, wait)
    if request.path.startswith("/chat") or "text/html" not in request.headers.get("accept", ""):
        return response
    page = html(render_error(sheet, language, sentence(code, language)), status=status)
    if "retry-after" in response.headers:
        page.headers["retry-after"] = response.headers["retry-after"]
    return page
