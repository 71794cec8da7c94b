"""The tables of this service. Migrations create them; see `migrations/versions`."""

from sqlalchemy import Boolean, Column, Index, Integer, MetaData, Table, Text, false

from services.chassis.database import UtcDateTime
from services.chassis.requests import request_table

metadata = MetaData()

profile = Table(
    "profile",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("name_folded", Text, nullable=False, unique=True),
    Column("api_base_url", Text, nullable=False),
    Column("sealed_api_key", Text, nullable=False),
    Column("masked_api_key", Text, nullable=False),
    Column("model_name", Text, nullable=False),
    Column("default_system_prompt", Text),
    Column("is_active", Boolean, nullable=False),
    Column("create_time", UtcDateTime, nullable=False),
    Column("update_time", UtcDateTime, nullable=False),
    Column("is_built_in", Boolean, nullable=False, server_default=false()),
)
"""Profiles; a partial unique index lets at most one be active. No person made a built-in one."""

profile_set = Table(
    "profile_set",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("built_in_made", Boolean, nullable=False),
)
"""One row, locked by every change of profiles, so that changes happen one after the other."""

profile_share = Table(
    "profile_share",
    metadata,
    Column("profile_id", Text, primary_key=True),
    Column("replica_id", Text, primary_key=True),
    Column("granted", Integer, nullable=False),
    Column("demand", Integer, nullable=False),
    Column("beat_time", UtcDateTime, nullable=False),
)
"""How many calls of a profile a replica may have in flight. On Postgres only it has rows."""

profile_pause = Table(
    "profile_pause",
    metadata,
    Column("profile_id", Text, primary_key=True),
    Column("until", UtcDateTime, nullable=False),
)
"""When calls of a profile may start again, since its endpoint asked all replicas to wait."""

profile_start = Table(
    "profile_start",
    metadata,
    Column("id", Text, primary_key=True),
    Column("profile_id", Text, nullable=False),
    Column("start_time", UtcDateTime, nullable=False),
    Index("profile_start_time", "profile_id", "start_time"),
)
"""The calls of the last minute, if their number is limited."""

request = request_table(metadata)
"""Which requests to create a profile had their effect."""
