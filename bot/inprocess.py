"""Actions in the server's own process, and the two switches that make Rasa's turn fast. All of it is guarded by tests.

Measured (docs/performance.md): the HTTP hop to an action server and the re-validation of every action result
against Rasa's whole event schema cost more than the rest of a turn together.
"""

from __future__ import annotations

import json as jsonlib
import logging
from collections.abc import Sequence
from typing import Any

from rasa.core.actions.action import RemoteAction
from rasa.utils.endpoints import ClientResponseError, EndpointConfig
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection, ActionNotFoundException

log = logging.getLogger("zhiwen.actions")


class InProcessActionEndpoint(EndpointConfig):
    """Stands where Rasa expects an action server's address; runs the same actions package here."""

    def __init__(self, packages: Sequence[str]) -> None:
        super().__init__("inprocess://actions", enable_selective_domain=True)
        self._executor = ActionExecutor()
        for package in packages:
            self._executor.register_package(package)

    async def request(
        self,
        method: str = "post",
        subpath: str | None = None,
        content_type: str | None = None,
        compress: bool = False,
        *,
        json: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> Any:
        """Run one action. A crash becomes an apology: class and action are logged, never the user's text."""
        call = json or {}
        try:
            return await self._executor.run(call) or {"events": [], "responses": []}
        except ActionExecutionRejection as error:
            body = {"error": str(error), "action_name": error.action_name}
            raise ClientResponseError(400, str(error), jsonlib.dumps(body)) from error
        except ActionNotFoundException as error:
            body = {"error": str(error), "action_name": error.action_name}
            raise ClientResponseError(404, str(error), jsonlib.dumps(body)) from error
        except Exception as error:  # one outer catch per message
            log.error("action failed action=%s error=%s at=%s", call.get("next_action"), type(error).__name__, _place(error))
            apology: dict[str, Any] = {"kind": "notice", "outcome": "error", "citations": [], "card": None, "confidence": None, "buttons": []}
            return {"events": [], "responses": [{"response": "utter_error", "custom": apology}]}


def _place(error: BaseException) -> str:
    """File and line where an error arose; never its message, which may hold what the user typed."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno}" if trace else "?"


def trust_own_actions() -> None:
    """Skip the re-validation of action results: they come from this process (guarded by tests/bot/test_rasa_internals.py)."""
    RemoteAction._validate_action_result = lambda self, result: True
