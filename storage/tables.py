"""All tables. They may share a database with Rasa's `events`: every name of ours begins with `zw_`.

Instants are stored as naive UTC, personal data only in columns named `sealed…`, secrets to look up by only
as keyed digests.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.types import TypeDecorator

from casework.timing import SHANGHAI, UTC

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Instant(TypeDecorator):
    """Aware datetimes in and out (out in the office's zone, ready to be shown), naive UTC in the database."""

    impl = sa.DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC).astimezone(SHANGHAI)


def _id() -> sa.Column:
    # SQLite numbers rows only in a column of exactly this type.
    kind = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    return sa.Column("id", kind, primary_key=True, autoincrement=True)


def _case(*, primary_key: bool = False, nullable: bool = False, unique: bool = False) -> sa.Column:
    return sa.Column(
        "case_id",
        sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
        sa.ForeignKey("zw_cases.id", ondelete="CASCADE"),
        primary_key=primary_key,
        nullable=nullable,
        unique=unique,
        index=not (primary_key or unique),
    )


cases = sa.Table(
    "zw_cases",
    metadata,
    _id(),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("reference", sa.String(16), nullable=False, unique=True),
    sa.Column("state", sa.String(24), nullable=False),
    sa.Column("region", sa.String(32), nullable=False),
    sa.Column("language", sa.String(8), nullable=False),
    sa.Column("channel", sa.String(16), nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("updated_at", Instant, nullable=False),
    sa.Column("closed_at", Instant),
    sa.Column("erased_at", Instant),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("facts", sa.JSON, nullable=False),
    # person, sealed facts and conversation id as one sealed JSON; null once erased
    sa.Column("sealed", sa.Text),
    sa.Column("conversation_digest", sa.String(43), index=True),
    sa.Column("idempotency_digest", sa.String(43), unique=True),
    sa.Column("lookup_digest", sa.String(43), index=True),
    sa.Column("phone_digest", sa.String(43), index=True),
    sa.Index("ix_zw_cases_kind_state", "kind", "state"),
    sa.Index("ix_zw_cases_created_at", "created_at"),
)

audit = sa.Table(
    "zw_audit",
    metadata,
    _id(),
    _case(nullable=True),
    sa.Column("at", Instant, nullable=False),
    sa.Column("actor", sa.String(64), nullable=False),
    sa.Column("action", sa.String(32), nullable=False),
    sa.Column("from_state", sa.String(24), nullable=False),
    sa.Column("to_state", sa.String(24), nullable=False),
    sa.Column("subject", sa.String(64), nullable=False),
    sa.Column("sealed_note", sa.Text),
)

remarks = sa.Table(
    "zw_remarks",
    metadata,
    _id(),
    _case(),
    sa.Column("at", Instant, nullable=False),
    sa.Column("author", sa.String(64), nullable=False),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("sealed_text", sa.Text, nullable=False),
)

consents = sa.Table(
    "zw_consents",
    metadata,
    _id(),
    _case(nullable=True),
    sa.Column("conversation_digest", sa.String(43), nullable=False, index=True),
    sa.Column("purpose", sa.String(24), nullable=False),
    sa.Column("text_version", sa.String(32), nullable=False),
    sa.Column("operator", sa.String(128), nullable=False),
    sa.Column("given_at", Instant, nullable=False),
    sa.Column("withdrawn_at", Instant),
)

drafts = sa.Table(
    "zw_drafts",
    metadata,
    sa.Column("conversation_digest", sa.String(43), primary_key=True),
    sa.Column("form", sa.String(32), primary_key=True),
    sa.Column("sealed_fields", sa.Text, nullable=False),
    sa.Column("saved_at", Instant, nullable=False),
    sa.Column("expires_at", Instant, nullable=False, index=True),
)

attempts = sa.Table(
    "zw_attempts",
    metadata,
    _id(),
    sa.Column("scope_digest", sa.String(43), nullable=False),
    sa.Column("at", Instant, nullable=False, index=True),
    sa.Index("ix_zw_attempts_scope_digest_at", "scope_digest", "at"),
)

appointments = sa.Table(
    "zw_appointments",
    metadata,
    _case(primary_key=True),
    sa.Column("service_id", sa.String(64), nullable=False),
    sa.Column("station_id", sa.String(64), nullable=False),
    sa.Column("expert_id", sa.String(64), nullable=False),
    sa.Column("mode", sa.String(16), nullable=False),
    sa.Column("concerns", sa.String(16), nullable=False),
    sa.Column("expert_language", sa.String(8), nullable=False),
    sa.Column("starts_at", Instant, nullable=False, index=True),
    sa.Column("ends_at", Instant, nullable=False),
    sa.Column("provisional", sa.Boolean(create_constraint=False), nullable=False),
    sa.Column("uid", sa.String(80), nullable=False, unique=True),
    sa.Column("sequence", sa.Integer, nullable=False),
    sa.Column("sealed_token", sa.Text, nullable=False),
    sa.Column("token_digest", sa.String(43), nullable=False, unique=True),
)

# One expert, one time, one service: what seats belong to.
sittings = sa.Table(
    "zw_sittings",
    metadata,
    _id(),
    sa.Column("expert_id", sa.String(64), nullable=False),
    sa.Column("service_id", sa.String(64), nullable=False),
    sa.Column("station_id", sa.String(64), nullable=False),
    sa.Column("mode", sa.String(16), nullable=False),
    sa.Column("starts_at", Instant, nullable=False),
    sa.Column("ends_at", Instant, nullable=False),
    sa.Column("occupied_from", Instant, nullable=False),
    sa.Column("occupied_until", Instant, nullable=False),
    sa.Column("capacity", sa.Integer, nullable=False),
    sa.UniqueConstraint("expert_id", "starts_at"),
    sa.Index("ix_zw_sittings_expert_id_occupied_until", "expert_id", "occupied_until"),
)

# Each quarter of an hour of an expert belongs to at most one sitting, buffers included: this primary key
# is what makes overlapping services impossible.
ticks = sa.Table(
    "zw_ticks",
    metadata,
    sa.Column("expert_id", sa.String(64), primary_key=True),
    sa.Column("tick", sa.BigInteger, primary_key=True),
    sa.Column(
        "sitting_id",
        sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
        sa.ForeignKey("zw_sittings.id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
)

# A seat of a sitting belongs to one hold or one case: this unique constraint refuses the second booking.
seats = sa.Table(
    "zw_seats",
    metadata,
    _id(),
    sa.Column(
        "sitting_id",
        sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
        sa.ForeignKey("zw_sittings.id", ondelete="CASCADE"),
        nullable=False,
    ),
    sa.Column("seat_no", sa.Integer, nullable=False),
    _case(nullable=True, unique=True),
    sa.Column("conversation_digest", sa.String(43)),
    sa.Column("held_until", Instant),
    sa.Column("free_time_id", sa.String(160), nullable=False),
    sa.Column("concerns", sa.String(16), nullable=False),
    sa.Column("expert_language", sa.String(8), nullable=False),
    sa.Column("provisional", sa.Boolean(create_constraint=False), nullable=False),
    sa.UniqueConstraint("sitting_id", "seat_no"),
    sa.Index(
        "uq_zw_seats_hold",
        "conversation_digest",
        unique=True,
        sqlite_where=sa.text("case_id IS NULL"),
        postgresql_where=sa.text("case_id IS NULL"),
    ),
)

outbox = sa.Table(
    "zw_outbox",
    metadata,
    _id(),
    _case(nullable=True),
    sa.Column("dedup_key", sa.String(120), nullable=False, unique=True),
    sa.Column("channel", sa.String(16), nullable=False),
    sa.Column("purpose", sa.String(16), nullable=False),
    sa.Column("template", sa.String(48), nullable=False),
    sa.Column("language", sa.String(8), nullable=False),
    sa.Column("sealed", sa.Text),
    sa.Column("state", sa.String(12), nullable=False),
    sa.Column("due_at", Instant, nullable=False),
    sa.Column("not_after", Instant),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("lease", sa.String(32)),
    sa.Column("lease_until", Instant),
    sa.Column("cause", sa.String(64)),
    sa.Column("settled_at", Instant),
    sa.Index("ix_zw_outbox_state_due_at", "state", "due_at"),
)

gaps = sa.Table(
    "zw_gaps",
    metadata,
    _id(),
    sa.Column("at", Instant, nullable=False, index=True),
    sa.Column("outcome", sa.String(24), nullable=False),
    sa.Column("language", sa.String(8), nullable=False),
    sa.Column("conversation_digest", sa.String(43), nullable=False, index=True),
    sa.Column("candidates", sa.JSON, nullable=False),
    sa.Column("sealed_question", sa.Text, nullable=False),
)

feedback = sa.Table(
    "zw_feedback",
    metadata,
    _id(),
    sa.Column("at", Instant, nullable=False, index=True),
    sa.Column("card", sa.String(160), nullable=False),
    sa.Column("reason", sa.String(16), nullable=False),
    sa.Column("turn_id", sa.String(64), nullable=False),
    sa.Column("conversation_digest", sa.String(43), nullable=False, index=True),
    sa.Column("sealed_comment", sa.Text),
    sa.Column("closed_at", Instant),
    sa.Column("closed_by", sa.String(64)),
    sa.Column("resolution", sa.String(400)),
)

live_state = sa.Table(
    "zw_live_state",
    metadata,
    sa.Column("key", sa.String(160), primary_key=True),
    sa.Column("value", sa.JSON, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("changed_at", Instant, nullable=False),
    sa.Column("actor", sa.String(64), nullable=False),
    sa.Column("reason", sa.String(400), nullable=False),
)

# One sealed known text: tells a wrong or missing key from a right one.
key_check = sa.Table(
    "zw_key_check",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("sealed", sa.Text, nullable=False),
)

# What a channel delivered (an update, a one-time link): each is handled once, whoever repeats it.
deliveries = sa.Table(
    "zw_deliveries",
    metadata,
    sa.Column("channel", sa.String(16), primary_key=True),
    sa.Column("delivery_digest", sa.String(43), primary_key=True),
    sa.Column("taken_at", Instant, nullable=False, index=True),
    sa.Column("done_at", Instant),
)

# Work that exactly one process may do at a time.
leases = sa.Table(
    "zw_leases",
    metadata,
    sa.Column("name", sa.String(64), primary_key=True),
    sa.Column("holder", sa.String(64), nullable=False),
    sa.Column("held_until", Instant, nullable=False),
)

# Counts of turns by day: outcome, language, card, speed. No text, no session.
tallies = sa.Table(
    "zw_tallies",
    metadata,
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("channel", sa.String(16), primary_key=True),
    sa.Column("measure", sa.String(16), primary_key=True),
    sa.Column("label", sa.String(160), primary_key=True),
    sa.Column("total", sa.BigInteger, nullable=False),
)

# Classrooms. A room's code is free again when it closes; then its report stays and its pupils and answers go.
class_rooms = sa.Table(
    "zw_class_rooms",
    metadata,
    _id(),
    sa.Column("code", sa.String(8), unique=True),
    sa.Column("seed", sa.String(32), nullable=False),
    sa.Column("plan", sa.JSON, nullable=False),
    sa.Column("phase", sa.String(12), nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("ends_at", Instant),
    sa.Column("seconds_left", sa.Float),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("created_at", Instant, nullable=False, index=True),
    sa.Column("changed_at", Instant, nullable=False),
    sa.Column("closes_at", Instant, nullable=False, index=True),
    sa.Column("report", sa.JSON),
)


def _room() -> sa.Column:
    kind = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    return sa.Column("room_id", kind, sa.ForeignKey("zw_class_rooms.id", ondelete="CASCADE"), nullable=False, index=True)


# A pupil is a number in a room and the key of an animal; there is no column for anything else.
class_pupils = sa.Table(
    "zw_class_pupils",
    metadata,
    _id(),
    _room(),
    sa.Column("name", sa.String(40), nullable=False),
    sa.UniqueConstraint("room_id", "name"),
)

# One answer of a pupil to a question: the primary key refuses the second.
class_answers = sa.Table(
    "zw_class_answers",
    metadata,
    sa.Column(
        "pupil_id",
        sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
        sa.ForeignKey("zw_class_pupils.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    ),
    sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
    _room(),
    sa.Column("choice", sa.Integer, nullable=False),
    sa.Column("ms", sa.Integer, nullable=False),
)
