"""The tables of this service. Migrations create them; see `migrations/versions`."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    false,
)

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
    Column("fallback_order", Integer),
    Column("input_price_per_million", Double),
    Column("output_price_per_million", Double),
    Column("monthly_budget", Double),
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
"""When calls of a profile may start again, since its endpoint asked all replicas to wait.

A change of its base URL, key or model ends that."""

profile_start = Table(
    "profile_start",
    metadata,
    Column("id", Text, primary_key=True),
    Column("profile_id", Text, nullable=False),
    Column("start_time", UtcDateTime, nullable=False),
    Index("profile_start_time", "profile_id", "start_time"),
)
"""The calls of the last minute, if their number is limited."""

capability = Table(
    "capability",
    metadata,
    Column("api_base_url", Text, primary_key=True),
    Column("model_name", Text, primary_key=True),
    Column("resolved_base_url", Text, nullable=False),
    Column("answer_format", Text, nullable=False),
    Column("token_field", Text, nullable=False),
    Column("can_see_images", Boolean),
    Column("image_side", Integer),
    Column("learn_time", UtcDateTime, nullable=False),
)
"""How the models of profiles want to be asked, by what the profiles call them."""

ai_usage = Table(
    "ai_usage",
    metadata,
    Column("day", String(10), primary_key=True),
    Column("profile_id", Text, primary_key=True),
    Column("skill_name", Text, primary_key=True),
    Column("profile_name", Text, nullable=False),
    Column("requests", BigInteger, nullable=False),
    Column("input_tokens", BigInteger, nullable=False),
    Column("output_tokens", BigInteger, nullable=False),
    Column("cached", BigInteger, nullable=False),
    Column("cost", Double, nullable=False),
    Index("ai_usage_of_profile", "profile_id", "day"),
)
"""What was asked and used on a day (UTC, "2026-11-27"). Rows outlive their profiles."""

answer = Table(
    "answer",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("picture_sha256", String(64), nullable=False),
    Column("profile_id", Text, nullable=False),
    Column("model_name", Text, nullable=False),
    Column("output_json", Text, nullable=False),
    Column("create_time", UtcDateTime, nullable=False),
    Index("answer_of_picture", "picture_sha256"),
    Index("answer_of_profile", "profile_id"),
)
"""Answers to give again; the key is a hash of all that the model was given."""

forgotten_picture = Table(
    "forgotten_picture",
    metadata,
    Column("picture_sha256", String(64), primary_key=True),
    Column("forget_time", UtcDateTime, nullable=False),
    Index("forgotten_picture_time", "forget_time"),
)
"""So that an answer about a picture that was forgotten meanwhile is not kept."""

request = request_table(metadata)
"""Which requests to create a profile had their effect."""
