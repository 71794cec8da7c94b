"""The tables of this service. Migrations create them; see `migrations/versions`."""

from sqlalchemy import Boolean, Column, Integer, MetaData, Table, Text

from services.chassis.database import UtcDateTime

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
)
"""Profiles; a partial unique index lets at most one be active."""

profile_set = Table(
    "profile_set",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("built_in_made", Boolean, nullable=False),
)
"""One row, locked by every change of profiles, so that changes happen one after the other."""
