"""JSON under seal, and the purposes of keyed digests."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from storage.encryption import Keyring

#: What a digest is of; a digest for one purpose says nothing about another.
CONVERSATION = "conversation"
IDEMPOTENCY = "idempotency"
LOOKUP = "lookup"
PHONE = "phone"
SCOPE = "scope"
TOKEN = "token"


def sealed_json(keyring: Keyring, value: Mapping[str, Any]) -> str:
    """The mapping as one token."""
    return keyring.seal(json.dumps(value, ensure_ascii=False, separators=(",", ":")))


def opened_json(keyring: Keyring, token: str | None) -> dict[str, Any]:
    """The mapping in a token; empty for none (an erased row). Raises SealBrokenError."""
    return {} if token is None else dict(json.loads(keyring.open(token)))


def lookup_value(reference: str, fact: str) -> str:
    """What the digest for "reference plus one fact" is made of."""
    return f"{reference}|{fact.strip().upper()}"


def idempotency_value(conversation_id: str, key: str) -> str:
    """What the digest of an idempotency key is made of."""
    return f"{conversation_id}|{key}"
