"""Loads the trained Rasa model with our tracker store and in-process actions."""

from __future__ import annotations

import os
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from bot.lean import can_be_lean, import_lean_rasa, rasa_is_imported
from desk.container import Container, set_container
from desk.settings import ROOT

if TYPE_CHECKING:
    from rasa.core.agent import Agent
    from rasa.shared.core.trackers import DialogueStateTracker

MODELS = ROOT / "models"
ACTIONS = ("actions",)


class ModelMissingError(RuntimeError):
    """There is no trained dialogue model."""


def quiet_libraries() -> None:
    """Before all of Rasa is imported (training): no telemetry, no chatter, no GPU search, and the slow import first.

    skops scans every loaded module when it is imported; after TensorFlow that costs five to ten seconds.
    """
    _quiet()
    import skops.io  # noqa: F401  (imported for its cost, see above)


def import_rasa_for(model: Path, *, whole: bool = False) -> None:
    """Before anything else imports Rasa (serving): without TensorFlow and its like where the model needs none of it."""
    _quiet()
    if rasa_is_imported():
        return
    if not whole and can_be_lean(model):
        import_lean_rasa()
    else:
        quiet_libraries()
        import rasa.core.agent  # noqa: F401  (whoever asks again finds the choice made)


def _quiet() -> None:
    os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
    os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")
    os.environ.setdefault("GIT_PYTHON_REFRESH", "quiet")
    os.environ.setdefault("LOG_LEVEL", "WARNING")  # Rasa's name for it; also ends its progress bars
    warnings.simplefilter("ignore")


def newest_model(folder: Path = MODELS) -> Path:
    """The newest complete model file; raises ModelMissingError."""
    found = sorted(folder.glob("*.tar.gz"), key=lambda path: path.stat().st_mtime)
    if not found:
        raise ModelMissingError(f"there is no dialogue model in {folder}: run `zhiwen train`")
    return found[-1]


async def open_agent(container: Container, model: Path | None = None) -> Agent:
    """The Rasa agent; every text turn goes through its message processor."""
    model = model or newest_model()
    import_rasa_for(model)
    from rasa.core.agent import Agent
    from rasa.utils.common import configure_logging_and_warnings
    from rasa.utils.log_utils import configure_structlog

    from bot.inprocess import InProcessActionEndpoint, trust_own_actions
    from bot.locks import locks_for
    from bot.tracker_store import EncryptedTrackerStore

    configure_structlog(30)
    configure_logging_and_warnings(log_level=30, warn_only_once=True, filter_repeated_logs=True)
    warnings.simplefilter("ignore")
    set_container(container)
    trust_own_actions()
    store = EncryptedTrackerStore(url=container.settings.database_url, keyring=container.keyring)
    agent = Agent.load(
        str(model),
        action_endpoint=InProcessActionEndpoint(ACTIONS),
        tracker_store=store,
        lock_store=locks_for(container.settings.redis_url),
    )
    store.domain = agent.domain
    agent.tracker_store = store  # Rasa's wrapper would go on in memory when the database fails: a form forgotten in silence
    if agent.processor is not None:
        agent.processor.tracker_store = store
        agent.processor.on_circuit_break = _listen_again
    return agent


def _listen_again(tracker: DialogueStateTracker, *_: object) -> None:
    """After ten actions Rasa gives a turn up without listening again, and would never take another message."""
    from rasa.shared.core.events import ActionExecuted

    tracker.update(ActionExecuted("action_listen"))
