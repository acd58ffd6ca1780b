"""The command line `zhiwen`."""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Sequence

from bot.version import version

# Each module offers `register(subparsers)`; it is imported when the line is parsed, its heavy parts when it runs.
COMMANDS = (
    "serve", "train", "ask", "chat", "knowledge", "eval", "cases", "privacy", "keys", "gaps", "feedback",
    "switch", "backup", "restore", "report", "transparency", "lesson", "telegram",
)


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    found = argparse.ArgumentParser(
        prog="zhiwen", description="Zhiwen (知问): a public intellectual-property desk that answers, and acts."
    )
    found.add_argument("--version", action="version", version=f"zhiwen {version()}")
    subparsers = found.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name in COMMANDS:
        importlib.import_module(f"bot.commands.{name}").register(subparsers)
    return found


def known_errors() -> tuple[type[BaseException], ...]:
    """Errors that are told in one line instead of a trace."""
    from bot.agent import ModelMissingError
    from casework.errors import CaseworkError
    from desk.settings import SettingError
    from knowledge.errors import KnowledgeError
    from outreach.errors import OutreachError
    from storage.errors import StorageError

    return (SettingError, KnowledgeError, ModelMissingError, StorageError, CaseworkError, OutreachError)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; a known error is told in one clear line, exit code 1."""
    chosen = parser().parse_args(arguments)
    try:
        return int(chosen.run(chosen) or 0)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        return 0
    except Exception as error:
        if isinstance(error, known_errors()):
            print(f"zhiwen: {error}", file=sys.stderr)
            return 1
        raise


if __name__ == "__main__":
    sys.exit(main())
