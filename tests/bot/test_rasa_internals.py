"""What we rely on inside Rasa. When one of these fails, a pin was moved: read the code named here before going on."""

from __future__ import annotations

import asyncio
import importlib.metadata
import inspect
from typing import Any

import pytest
from rasa.core.actions.action import RemoteAction
from rasa.core.actions.forms import FormAction
from rasa.core.agent import Agent
from rasa.core.processor import MessageProcessor
from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig
from rasa_sdk.interfaces import ActionExecutionRejection

from bot.agent import _listen_again
from bot.inprocess import InProcessActionEndpoint, trust_own_actions

PINS = {"rasa": "3.6.21", "rasa-sdk": "3.6.2", "sqlalchemy": "1.4.54"}


@pytest.mark.parametrize(("package", "version"), PINS.items())
def test_the_pins_are_those_that_were_studied(package: str, version: str) -> None:
    assert importlib.metadata.version(package) == version


def parameters(function: Any) -> list[str]:
    return list(inspect.signature(function).parameters)


def test_the_validation_of_action_results_that_we_switch_off_is_still_there() -> None:
    """bot/inprocess.py: the results come from this process; validating them against the event schema costs more than a turn."""
    assert "_validate_action_result" in vars(RemoteAction)
    source = inspect.getsource(RemoteAction.run)
    assert "self._validate_action_result(response)" in source
    original = RemoteAction._validate_action_result
    try:
        trust_own_actions()
        assert RemoteAction._validate_action_result(None, {"nonsense": 1}) is True  # type: ignore[arg-type]
    finally:
        RemoteAction._validate_action_result = original  # type: ignore[method-assign]


def test_actions_ask_their_endpoint_as_ours_answers() -> None:
    """`EndpointConfig.request(json=…, method=…, timeout=…, compress=…)`."""
    assert parameters(EndpointConfig.request)[1:5] == parameters(InProcessActionEndpoint.request)[1:5]
    assert "self.action_endpoint.request(" in inspect.getsource(RemoteAction.run)


def test_the_agent_is_loaded_with_our_store_and_endpoint() -> None:
    assert {"model_path", "action_endpoint", "tracker_store", "lock_store"} <= set(parameters(Agent.load))
    assert {"tracker_store", "on_circuit_break"} <= set(parameters(MessageProcessor.__init__))


def test_the_processor_calls_us_when_it_gives_a_turn_up() -> None:
    """Without a listen after ten actions Rasa would never take another message of the conversation."""
    assert "self.on_circuit_break(tracker, output_channel, self.nlg)" in inspect.getsource(MessageProcessor._run_prediction_loop)
    tracker = DialogueStateTracker("x", [])
    tracker.update(ActionExecuted("action_answer"))
    _listen_again(tracker, None, None)
    assert tracker.latest_action_name == "action_listen"


def test_the_tracker_store_has_the_parts_that_ours_replaces() -> None:
    assert {"save", "_retrieve", "_additional_events", "_event_query", "session_scope"} <= set(dir(SQLTrackerStore))
    assert {"sender_id", "type_name", "timestamp", "intent_name", "action_name", "data"} <= set(dir(SQLTrackerStore.SQLEvent))
    assert parameters(SQLTrackerStore._retrieve) == ["self", "sender_id", "fetch_events_from_all_sessions"]


DOMAIN = Domain.from_dict(
    {
        "intents": ["inform"],
        "actions": ["validate_f"],
        "slots": {n: {"type": "any", "mappings": [{"type": "custom"}]} for n in ("one", "two", "tries")},
        "forms": {"f": {"required_slots": ["one", "two"]}},
    }
)


class Endpoint(EndpointConfig):
    """Answers validate_f as it is told."""

    def __init__(self, *events: dict[str, Any]) -> None:
        super().__init__("test://actions")
        self.events = list(events)

    async def request(self, **kwargs: Any) -> dict[str, Any]:
        return {"events": self.events, "responses": []}


async def validated(*events: dict[str, Any]) -> list[Any]:
    form = FormAction("f", Endpoint(*events))
    tracker = DialogueStateTracker.from_events(
        "x", [ActiveLoop("f"), SlotSet("requested_slot", "one"), ActionExecuted("action_listen"), UserUttered("hm", {"name": "inform"})], DOMAIN.slots
    )
    return await form.validate(tracker, DOMAIN, None, None)  # type: ignore[arg-type]


def slot(name: str, value: Any) -> dict[str, Any]:
    return {"event": "slot", "name": name, "value": value, "timestamp": None}


def test_a_form_that_hears_nothing_is_rejected_so_that_a_rule_can_answer() -> None:
    """actions/consultation.py returns [] for an interruption."""
    from rasa.core.actions.action import ActionExecutionRejection as Rejected

    with pytest.raises(Rejected):
        asyncio.run(validated())


def test_any_slot_that_the_validation_sets_counts_as_heard() -> None:
    """desk/consultation_desk.py sets c_tries with every spoken reply for this reason."""
    events = asyncio.run(validated(slot("tries", 0)))
    assert [(e.key, e.value) for e in events] == [("tries", 0)]


def test_a_form_is_stopped_by_its_validation_only_with_a_slot_beside() -> None:
    """`step.stop` clears the fields, then sets requested_slot to None and leaves the loop."""
    from rasa.core.actions.action import ActionExecutionRejection as Rejected

    stop = [slot("requested_slot", None), {"event": "active_loop", "name": None, "timestamp": None}]
    with pytest.raises(Rejected):
        asyncio.run(validated(*stop))
    events = asyncio.run(validated(slot("one", None), *stop))
    assert asyncio.run(FormAction("f", None).is_done(None, None, None, DOMAIN, events)) is True  # type: ignore[arg-type]


def test_a_field_may_be_corrected_although_another_is_asked_for() -> None:
    events = asyncio.run(validated(slot("two", "x"), slot("one", "y")))
    assert {(e.key, e.value) for e in events} == {("two", "x"), ("one", "y")}


def test_the_sdk_runs_actions_as_we_call_it() -> None:
    from rasa_sdk.executor import ActionExecutor

    assert {"register_package", "run"} <= set(dir(ActionExecutor))
    assert inspect.iscoroutinefunction(ActionExecutor.run)
    assert issubclass(ActionExecutionRejection, Exception)
