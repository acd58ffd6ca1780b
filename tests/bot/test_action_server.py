"""The same actions package also runs as a stock rasa_sdk action server."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]


def domain() -> dict[str, Any]:
    data: dict[str, Any] = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
    return data


def test_every_action_of_the_domain_is_registered_and_no_other() -> None:
    from rasa_sdk.executor import ActionExecutor

    executor = ActionExecutor()
    executor.register_package("actions")
    assert set(executor.actions) == {name for name in domain()["actions"] if not name.startswith("utter_")}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder, port = tmp_path_factory.mktemp("actions"), free_port()
    environment = {**os.environ, "ZHIWEN_DATA_DIR": str(folder), "ZHIWEN_NOW": "2026-11-23T09:30", "SANIC_HOST": "127.0.0.1"}
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "rasa_sdk", "--actions", "actions", "--port", str(port)], cwd=ROOT, env=environment, stdout=log, stderr=log
        )
    try:
        deadline = time.monotonic() + 60
        while True:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=2) as reply:
                    assert json.load(reply)["status"] == "ok"
                break
            except OSError:
                assert process.poll() is None, (folder / "log").read_text()
                assert time.monotonic() < deadline, "the action server did not start within a minute"
                time.sleep(0.2)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=20)


def called(server: str, action: str, text: str, intent: str, **slots: Any) -> dict[str, Any]:
    call = {
        "next_action": action,
        "sender_id": "web-x",
        "version": "3.6.21",
        "domain": {},
        "tracker": {
            "sender_id": "web-x",
            "slots": {"language": "zh", "profile": "public", **slots},
            "latest_message": {"text": text, "intent": {"name": intent, "confidence": 1.0}, "entities": [], "metadata": {}},
            "events": [],
            "paused": False,
            "followup_action": None,
            "active_loop": {},
            "latest_action_name": "action_listen",
        },
    }
    request = urllib.request.Request(f"{server}/webhook", json.dumps(call).encode(), {"content-type": "application/json"})
    with urllib.request.urlopen(request, timeout=30) as reply:
        found: dict[str, Any] = json.load(reply)
        return found


def test_a_greeting_is_answered_by_the_stock_server(server: str) -> None:
    found = called(server, "action_smalltalk", "你好", "greet")
    assert [r["response"] for r in found["responses"]] == ["utter_greet"]
    assert found["responses"][0]["custom"]["outcome"] == "smalltalk"


def test_a_form_hears_through_the_stock_server(server: str) -> None:
    found = called(server, "validate_consultation_form", "我要预约，在包头", "book_consultation")
    assert {"event": "slot", "timestamp": None, "name": "c_region", "value": "baotou"} in found["events"]


def test_an_unknown_action_is_refused(server: str) -> None:
    with pytest.raises(urllib.error.HTTPError) as caught:
        called(server, "action_unknown", "x", "ask")
    assert caught.value.code == 404


def test_rasa_finds_nothing_wrong_with_domain_rules_and_examples(tmp_path: Path) -> None:
    """`rasa data validate --fail-on-warnings`, with the components' folder on the path as the server has it."""
    environment = {**os.environ, "RASA_TELEMETRY_ENABLED": "false", "TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-m", "rasa", "data", "validate", "--fail-on-warnings", "--data", str(ROOT / "bot" / "training"),
         "--domain", str(ROOT / "domain.yml"), "--config", str(ROOT / "config.yml")],
        cwd=tmp_path, env=environment, capture_output=True, text=True, check=False, timeout=240,
    )  # fmt: skip
    assert done.returncode == 0, (done.stdout + done.stderr)[-4000:]
