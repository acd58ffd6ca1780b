"""The page, its files, and the widget's script for other sites."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sanic import Blueprint, Request
from sanic.exceptions import NotFound
from sanic.response import HTTPResponse, empty, raw

from bot.web.assets import PAGE, WIDGET, Asset, Assets
from bot.web.headers import policy

_CODE = re.compile(r"[A-Za-z0-9._-]{1,1000}")
_CHECKED = "no-cache"  # kept, but asked for again each time; unchanged it costs a 304
_FOR_EVER = "public, max-age=31536000, immutable"
_AN_HOUR = "public, max-age=3600"


def pages_blueprint(assets: Assets, embedding_origins: Sequence[str]) -> Blueprint:
    """`embedding_origins`: the sites that may show the page in a frame (`/?embed=1`)."""
    blueprint = Blueprint("pages")
    framed = policy(embedding_origins)

    @blueprint.get("/")
    async def page(request: Request) -> HTTPResponse:
        response = sent(request, assets[PAGE], _CHECKED)
        if request.args.get("embed"):
            response.headers["content-security-policy"] = framed
        return response

    @blueprint.get("/continue/<code:str>")
    async def go_on(request: Request, code: str) -> HTTPResponse:
        # The page redeems the code by itself: a preview of the link in a messenger must not use it up.
        if not _CODE.fullmatch(code):
            raise NotFound("no such link")
        body = assets[PAGE].body.replace(b'action="/plain"', f'action="/plain?code={code}"'.encode())
        return raw(body, content_type=assets[PAGE].kind, headers={"cache-control": "no-store"})

    @blueprint.get("/widget.js")
    async def widget(request: Request) -> HTTPResponse:
        response = sent(request, assets[WIDGET], _AN_HOUR)
        response.headers["cross-origin-resource-policy"] = "cross-origin"
        return response

    @blueprint.get("/static/<name:str>")
    async def current(request: Request, name: str) -> HTTPResponse:
        return sent(request, _found(assets, name), _CHECKED)

    @blueprint.get("/static/<version:str>/<name:str>")
    async def versioned(request: Request, version: str, name: str) -> HTTPResponse:
        return sent(request, _found(assets, name), _FOR_EVER if version == assets.version else _CHECKED)

    return blueprint


def _found(assets: Assets, name: str) -> Asset:
    try:
        return assets[name]
    except KeyError:
        raise NotFound("no such file") from None


def sent(request: Request, asset: Asset, keep: str) -> HTTPResponse:
    """The file, compressed where the browser can read that; a 304 when it has it."""
    headers = {"cache-control": keep, "etag": asset.etag, "vary": "accept-encoding"}
    if request.headers.get("if-none-match") == asset.etag:
        return empty(status=304, headers=headers)
    if "gzip" in request.headers.get("accept-encoding", ""):
        return raw(asset.zipped, content_type=asset.kind, headers={**headers, "content-encoding": "gzip"})
    return raw(asset.body, content_type=asset.kind, headers=headers)
