"""Serving without TensorFlow and its like: what stands in their place, when, and that the replies are the same."""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
import tarfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from bot.agent import newest_model
from bot.commands.train import train_dialogue
from bot.lean import LEAN_COMPONENTS, AbsentLibraryError, absent, can_be_lean
from desk.container import Container

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def inert(monkeypatch: pytest.MonkeyPatch) -> Any:
    """An absent library that this process has not loaded for real."""
    monkeypatch.setattr("bot.lean.ABSENT", frozenset({"tensor_no_flow"}))
    with absent():
        return importlib.import_module("tensor_no_flow")


def test_an_absent_library_can_be_mentioned_and_subclassed(inert: Any) -> None:
    from abc import ABC

    class Layer(inert.keras.layers.Layer, ABC):  # type: ignore[misc]
        size: inert.Tensor | None = None

    assert issubclass(Layer, inert.keras.layers.Layer)


def test_its_decorators_give_back_what_they_decorate(inert: Any) -> None:
    def plain() -> int:
        return 1

    assert inert.function(plain) is plain
    assert inert.function(reduce_retracing=True)(plain) is plain


@pytest.mark.parametrize("call", [lambda lib: lib.constant(3), lambda lib: type("Model", (lib.keras.Model,), {})(), lambda lib: lib.a.b.c("x", "y")])
def test_whoever_calls_it_is_told_the_remedy(inert: Any, call: Callable[[Any], Any]) -> None:
    with pytest.raises(AbsentLibraryError, match="--whole-rasa"):
        call(inert)


def test_afterwards_the_name_is_free_again(inert: Any) -> None:
    assert "tensor_no_flow" not in sys.modules
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("tensor_no_flow")


def test_what_is_loaded_already_stays_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.lean.ABSENT", frozenset({"json"}))
    with absent():
        assert importlib.import_module("json.tool").__file__


def archive(folder: Path, *components: str) -> Path:
    """A model file that runs these components."""
    described = json.dumps({"predict_schema": {"nodes": {name: {"uses": name} for name in components}}}).encode()
    path = folder / "model.tar.gz"
    with tarfile.open(path, "w:gz") as file:
        entry = tarfile.TarInfo("metadata.json")
        entry.size = len(described)
        file.addfile(entry, BytesIO(described))
    return path


def test_a_model_with_a_component_that_was_not_studied_gets_the_whole_of_rasa(tmp_path: Path) -> None:
    assert can_be_lean(archive(tmp_path, "bot.nlu.intent.NgramIntentClassifier", "rasa.core.policies.rule_policy.RulePolicy"))
    for other in ("rasa.nlu.classifiers.diet_classifier.DIETClassifier", "rasa.core.policies.ted_policy.TEDPolicy", "bot_nlu.x.Y"):
        assert not can_be_lean(archive(tmp_path, "bot.nlu.intent.NgramIntentClassifier", other))


def test_our_own_model_can_be_lean() -> None:
    assert can_be_lean(train_dialogue())
    assert all(name.startswith(("bot.", "rasa.")) for name in LEAN_COMPONENTS)


def said(data: Path, *arguments: str) -> dict[str, Any]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ZHIWEN_")}
    environment |= {"ZHIWEN_DATA_DIR": str(data), "ZHIWEN_NOW": "2026-11-23T09:30"}
    command = [sys.executable, "-m", "tests.support.replies", str(newest_model()), *arguments]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    return dict(json.loads(done.stdout.splitlines()[-1]))


def test_the_replies_are_the_same_with_and_without(release_dir: Container) -> None:
    train_dialogue()
    lean, whole = said(release_dir.settings.data_dir), said(release_dir.settings.data_dir, "--whole")
    assert lean["loaded"] == []
    assert {"tensorflow", "sklearn"} <= set(whole["loaded"])
    outcomes = [reply["outcome"] for reply in lean["replies"]]
    assert {"answered", "collecting", "out_of_scope", "smalltalk"} <= set(outcomes)
    assert lean["replies"] == whole["replies"]
