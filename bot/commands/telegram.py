"""`zhiwen telegram`: the Telegram bot alone, without page and API; `--check` only asks whether it could run."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import signal
import sys
from typing import Any


def register(subparsers: Any) -> None:
    command = subparsers.add_parser("telegram", help="run the Telegram bot without the page (ZHIWEN_TELEGRAM_TOKEN)")
    command.add_argument("--check", action="store_true", help="ask Telegram who we are and how updates come, then end")
    command.set_defaults(run=run)


async def _check(container: Any) -> int:
    from bot.channels.telegram import Gateway
    from bot.channels.telegram_model import LaterError, MisconfiguredError, UnreachableError

    settings = container.settings
    try:
        async with Gateway(settings.telegram_token, settings.telegram_api) as gateway:
            found = await gateway.describe()
    except (LaterError, MisconfiguredError, UnreachableError) as error:
        print(f"zhiwen: {settings.telegram_api} refuses or does not answer ({error})", file=sys.stderr)
        return 1
    for name, value in {**found, "mode": settings.telegram_mode, "personal data": settings.telegram_personal_data}.items():
        print(f"{name:16} {value}")
    return 0


async def _serve(container: Any, model: Any) -> int:
    """Poll until interrupted. Telegram users only: the page needs `zhiwen serve`, which polls too."""
    from bot.agent import open_agent
    from bot.channels.limits import RateLimit
    from bot.channels.telegram_service import TelegramService
    from bot.conversation import Conversations
    from bot.paused import Paused
    from bot.turnlog import TurnWatch

    watch = TurnWatch(container.keyring.derive("turns"), lambda: container.live().id, (container.turn_book.note,))
    conversations = Conversations(await open_agent(container, model), watch, Paused(container.live_view))
    limit = RateLimit(container.settings.rate_limit, container.settings.redis_url)
    service = TelegramService(container, lambda: conversations, limit)
    container.live.follow()
    container.outbox.start()
    stopped = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stopped.set)
    await service.start()
    print("知问 is in Telegram (Ctrl-C stops it)", flush=True)
    with contextlib.suppress(asyncio.CancelledError):
        await stopped.wait()
    container.outbox.stop()
    container.live.stop()
    await service.stop()
    return 0


def run(arguments: argparse.Namespace) -> int:
    from desk.container import Container, set_container
    from desk.settings import SettingError, read_settings

    settings = read_settings()
    if settings.telegram_token is None:
        raise SettingError("ZHIWEN_TELEGRAM_TOKEN", "", "copy the bot's token from @BotFather")
    container = Container(settings)
    if arguments.check:
        return asyncio.run(_check(container))
    if settings.telegram_mode != "polling":
        raise SettingError("ZHIWEN_TELEGRAM_MODE", settings.telegram_mode, "a webhook belongs to the server: run `zhiwen serve`")
    from bot.agent import newest_model, quiet_libraries
    from bot.commands.serve import configure_logging, production_ready

    if not production_ready(container):
        return 1
    model = newest_model()
    quiet_libraries()
    set_container(container)
    container.live()  # a missing release stops here, in one line
    configure_logging(settings.log_level)
    return asyncio.run(_serve(container, model))
