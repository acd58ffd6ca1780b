"""Alembic's entry: runs on the connection that `storage.migrate` opened, inside its transaction."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context

from storage.tables import Instant, metadata

VERSION_TABLE = "zw_alembic_version"


def ours(name: str | None, kind: str, _parents: Any) -> bool:
    """Rasa's tables in the same database are none of our business."""
    return kind != "table" or bool(name and name.startswith("zw_"))


def _rendered(kind: str, item: Any, _autogen: Any) -> str | Literal[False]:
    return "sa.DateTime()" if kind == "type" and isinstance(item, Instant) else False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=VERSION_TABLE,
    include_name=ours,
    render_item=_rendered,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
