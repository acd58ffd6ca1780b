"""`zhiwen serve`: the server on one address, and what goes wrong with it in one clear line."""

from __future__ import annotations

import argparse
import logging
import socket
import sys
import threading
import time
import urllib.request
from typing import Any


def register(subparsers: Any) -> None:
    command = subparsers.add_parser("serve", help="start the server (ZHIWEN_HOST, ZHIWEN_PORT)")
    command.add_argument("--prepare", action="store_true", help="first train and build what is missing")
    command.add_argument("--whole-rasa", action="store_true", help="import TensorFlow and the rest of Rasa, which serving does not call (to compare)")
    command.set_defaults(run=run)


def port_free(host: str, port: int) -> bool:
    """Whether the address can be bound."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def configure_logging(level: str) -> None:
    """Our own lines to standard error; libraries only from warnings up, and Rasa's never with what users said."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s", stream=sys.stderr)
    logging.getLogger("zhiwen").setLevel(level.upper())
    # Rasa and Sanic print the message text with some errors; what we need of them is logged by us.
    for name in ("rasa", "sanic.root", "sanic.error", "sanic.access", "jieba"):
        logging.getLogger(name).setLevel(logging.CRITICAL)


def _announce(host: str, port: int) -> None:
    shown = "127.0.0.1" if host in ("0.0.0.0", "::") else host
    address = f"http://{shown}:{port}"
    for _ in range(600):
        try:
            with urllib.request.urlopen(f"{address}/health", timeout=2) as reply:
                if reply.status == 200:
                    print(f"\n  知问 is ready: {address}/   (Ctrl-C stops it)\n", flush=True)
                    return
        except OSError:
            time.sleep(0.2)


def production_ready(container: Any) -> bool:
    """Whether no sample row is left where bookings count; if one is, it says so."""
    if container.settings.demo or not (samples := container.sample_rows()):
        return True
    shown = ", ".join(samples[:5]) + (", …" if len(samples) > 5 else "")
    print(f"zhiwen: production does not start with rows marked 示例 (sample: true): {shown}; put real ones there", file=sys.stderr)
    return False


def _address_free(host: str, port: int) -> bool:
    if not (free := port_free(host, port)):
        print(f"zhiwen: {host}:{port} is taken; stop what runs there or set ZHIWEN_PORT", file=sys.stderr)
    return free


def run(arguments: argparse.Namespace) -> int:
    from bot.agent import import_rasa_for, newest_model
    from bot.preparing import prepared
    from desk.container import Container, set_container
    from desk.settings import read_settings

    settings = read_settings()
    container = Container(settings)
    if not _address_free(settings.host, settings.port) or not production_ready(container):
        return 1
    if arguments.prepare:
        container = prepared(settings, lambda line: print(f"zhiwen: {line}", file=sys.stderr, flush=True))
    model = newest_model()
    import_rasa_for(model, whole=arguments.whole_rasa)
    from bot.server import create_app

    set_container(container)
    container.live()  # a missing release stops here, in one line, before the server starts
    app = create_app(container, model)
    configure_logging(settings.log_level)
    if not _address_free(settings.host, settings.port):  # preparing may have taken minutes
        return 1
    threading.Thread(target=_announce, args=(settings.host, settings.port), daemon=True).start()
    app.run(host=settings.host, port=settings.port, workers=1, access_log=False, motd=False, debug=False)
    return 0
