"""`make run` from end to end: what goes wrong with it, and that stopping it at the worst moment harms nothing."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot import preparing
from bot.commands.serve import port_free
from bot.preparing import only_one
from casework.oversight.switches import LiveControl
from desk.container import Container
from desk.settings import read_settings
from tests.support.server import RunningServer

ROOT = Path(__file__).resolve().parents[2]
COPIED = ("actions", "bot", "casework", "desk", "knowledge", "outreach", "requirements", "storage", "config.yml", "domain.yml", "pyproject.toml")
PATIENCE = 280  # seconds for one start that trains and builds, on a busy machine


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that somebody listens on."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield int(other.getsockname()[1])


def start(root: Path, data: Path, port: int, *arguments: str) -> subprocess.Popen[bytes]:
    """`zhiwen serve` as the leader of its own process group, as a terminal starts it."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ZHIWEN_")}
    environment |= {"ZHIWEN_DATA_DIR": str(data), "ZHIWEN_PORT": str(port), "ZHIWEN_RATE_LIMIT": "off"}
    command = [sys.executable, "-m", "bot.cli", "serve", *arguments]
    log = (data.parent / "server.log").open("ab")
    return subprocess.Popen(command, cwd=root, env=environment, stdout=log, stderr=log, start_new_session=True)


def group(leader: int) -> list[int]:
    """The living processes of a group."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            _, rest = entry.read_text().rsplit(")", 1)
        except OSError:
            continue  # it ended while we looked
        state, _, belongs = rest.split()[:3]
        if int(belongs) == leader and state != "Z":
            found.append(int(entry.parent.name))
    return found


def wait_for(what: Callable[[], object], seconds: float = PATIENCE) -> None:
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


def test_a_taken_port_is_told_in_one_line_with_the_remedy(taken: int, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    process = start(ROOT, tmp_path / "data", taken)
    assert process.wait(60) == 1
    said = (tmp_path / "server.log").read_text().splitlines()
    assert said == [f"zhiwen: 127.0.0.1:{taken} is taken; stop what runs there or set ZHIWEN_PORT"]


def test_a_free_port_is_free_and_a_taken_one_is_not(taken: int) -> None:
    assert not port_free("127.0.0.1", taken)
    assert port_free("127.0.0.1", 0)


def test_a_step_that_fails_stops_the_start(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with (tmp_path / "lock").open("a") as lock, pytest.raises(SystemExit, match="`zhiwen knowledge nonsense` failed"):
        preparing._step(lock.fileno(), "knowledge", "nonsense")
    assert "invalid choice" in capfd.readouterr().err


def test_a_step_that_is_killed_is_named_with_its_signal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    killed = tmp_path / "python"
    killed.write_text("#!/bin/sh\nkill -9 $$\n")
    killed.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(killed))
    with (tmp_path / "lock").open("a") as lock, pytest.raises(SystemExit, match="`zhiwen train` was ended by SIGKILL: start again"):
        preparing._step(lock.fileno(), "train")


def test_two_do_not_train_at_once(tmp_path: Path) -> None:
    said: list[str] = []
    code = "import sys, time, pathlib, bot.preparing as p\nwith p.only_one(pathlib.Path(sys.argv[1]), print):\n    print('held', flush=True); time.sleep(1)"
    with subprocess.Popen([sys.executable, "-c", code, str(tmp_path / "lock")], cwd=ROOT, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        with only_one(tmp_path / "lock", said.append):
            assert other.wait(10) == 0
    assert said == ["waiting: another zhiwen trains or builds here …"]


def test_a_release_put_back_by_hand_stays_after_a_restart(release_dir: Container, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    present = release_dir.live().id
    container = Container(read_settings({"ZHIWEN_DATA_DIR": str(tmp_path)}))
    container.__dict__ |= {"encoder": release_dir.encoder, "live": release_dir.live}
    control = LiveControl(container.store, container.clock)
    said: list[str] = []
    assert not preparing._settled(container, said.append), "nothing was ever made live"
    control.set_release(present, "test")
    container.__dict__.pop("live_view")
    assert preparing._settled(container, said.append)
    assert said == []
    control.set_release("20200101-000000-0000000000000000", "officer", "wrong fees")
    container.__dict__.pop("live_view")
    assert preparing._settled(container, said.append)
    assert "wrong fees" in said[0]
    monkeypatch.setattr(preparing.releases, "fingerprint", lambda name: "changed-since-then")
    assert not preparing._settled(container, said.append)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The project without models and data, as after a clone."""
    for name in COPIED:
        source, target = ROOT / name, tmp_path / "tree" / name
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            target.parent.mkdir(exist_ok=True)
            shutil.copy(source, target)
    (tmp_path / "data").mkdir()
    return tmp_path / "tree"


@pytest.mark.slow
@pytest.mark.timeout(4 * PATIENCE)
def test_killed_while_training_and_while_building_it_starts_again_and_then_does_nothing_twice(copy: Path, tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    data, models = tmp_path / "data", copy / "models"

    first = start(copy, data, port, "--prepare")
    wait_for(lambda: list(models.glob(".draft-*/*")) or list(models.glob(".draft-*")))
    os.killpg(first.pid, signal.SIGKILL)  # power cut while training
    first.wait()

    second = start(copy, data, port, "--prepare")
    wait_for(lambda: list((data / "releases").glob(".draft-*/*")))
    second.kill()  # only the parent dies; the build goes on and holds the lock
    second.wait()
    assert len(list(models.glob("zhiwen-*.tar.gz"))) == 1
    assert not list(models.glob(".draft-*"))

    third = start(copy, data, port, "--prepare")
    server = RunningServer(port, data, third)
    wait_for(lambda: _ready(server))
    wait_for(lambda: not group(second.pid), 5)
    assert not list((data / "releases").glob(".draft-*"))
    assert len(list((data / "releases").glob("2*"))) == 1
    token = server.open_session()
    answer = server.call("POST", "/chat/messages", {"text": "发明专利保护多少年？"}, token)
    assert answer.json["outcome"] == "answered"
    os.killpg(third.pid, signal.SIGINT)  # Ctrl-C
    assert third.wait(20) in (0, 130)
    assert not group(third.pid)

    made = _made(models, data)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    fourth = start(copy, data, port, "--prepare")
    wait_for(lambda: _ready(RunningServer(port, data, fourth)))
    assert group(fourth.pid) == [fourth.pid], "nothing but the server runs"
    fourth.terminate()
    fourth.wait(20)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert _made(models, data) == made
    assert (after.ru_utime + after.ru_stime) - (before.ru_utime + before.ru_stime) < 15  # CPU seconds: the machine may be busy
    assert not group(fourth.pid)


@pytest.mark.slow
@pytest.mark.timeout(PATIENCE)
def test_sigterm_while_preparing_ends_every_process(copy: Path, tmp_path: Path) -> None:
    process = start(copy, tmp_path / "data", 5999, "--prepare")
    wait_for(lambda: list((copy / "models").glob(".draft-*")))
    process.terminate()
    assert process.wait(20) == 128 + signal.SIGTERM
    wait_for(lambda: not group(process.pid), 5)


def _ready(server: RunningServer) -> bool:
    assert server.process.poll() is None, (server.data.parent / "server.log").read_text(errors="replace")[-2000:]
    try:
        return server.call("GET", "/health").status == 200
    except OSError:
        return False


def _made(models: Path, data: Path) -> list[tuple[str, float]]:
    return [(path.name, path.stat().st_mtime) for folder in (models, data / "releases") for path in sorted(folder.iterdir()) if path.name[0] != "."]
