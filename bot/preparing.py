"""What `make run` does before it serves: trains and builds what is missing, each in a process of its own.

So the memory of training is given back before serving, and an unchanged tree starts no process at all.
"""

from __future__ import annotations

import fcntl
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from casework.oversight.switches import RELEASE
from desk.container import Container
from desk.settings import ROOT, Settings
from knowledge import release as releases
from knowledge.errors import ReleaseError

Say = Callable[[str], None]


@contextmanager
def only_one(lock: Path, say: Say) -> Iterator[int]:
    """Wait until no other process holds the lock; yields the open file, for children that shall hold it too."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("waiting: another zhiwen trains or builds here …")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield file.fileno()


def prepared(settings: Settings, say: Say) -> Container:
    """A container of these settings, with a trained model and a live release; SystemExit when a step fails."""
    from bot.commands.train import trained_model

    container = Container(settings)
    with _ended_by_sigterm(), only_one(settings.data_dir / ".preparing", say) as held:
        if not trained_model().exists():
            _step(held, "train")
        if not _settled(container, say):
            _step(held, "knowledge", "release")
            container = Container(settings)
    return container


def _settled(container: Container, say: Say) -> bool:
    """Whether the cards as they are have been made live, here or earlier; a release put back by hand stays."""
    row = container.live_view.snapshot().values.get(RELEASE)
    if row is None:
        return False
    mark = releases.fingerprint(container.encoder.name)
    live, previous = (str(row.value.get(name) or "") for name in ("release", "previous"))
    if not live.endswith(mark):
        if not previous.endswith(mark):
            return False
        say(f"release {previous} was put back to {live} ({row.reason}); it stays so until the cards change")
    try:
        container.live()
    except ReleaseError as error:
        say(str(error))
        return False
    return True


def _step(held: int, *command: str) -> None:
    # The child holds the lock too: should this process be killed, nobody starts over beside it.
    done = subprocess.run([sys.executable, "-m", "bot.cli", *command], cwd=ROOT, check=False, pass_fds=(held,))
    if done.returncode < 0:
        name = signal.Signals(-done.returncode).name
        raise SystemExit(f"zhiwen: `zhiwen {' '.join(command)}` was ended by {name}: start again, nothing half-done is used")
    if done.returncode:
        raise SystemExit(f"zhiwen: `zhiwen {' '.join(command)}` failed: mend what it says above and start again")


@contextmanager
def _ended_by_sigterm() -> Iterator[None]:
    """While it lasts, SIGTERM ends the child as well (`subprocess.run` kills it when an exception passes)."""

    def end(*_: object) -> None:
        raise SystemExit(128 + signal.SIGTERM)

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
