"""The tables of executions and workflows, of who executes, and of what must not happen again."""

import sqlalchemy as sa

from services.chassis.database import UtcDateTime
from services.chassis.requests import request_table

metadata = sa.MetaData()

execution = sa.Table(
    "execution",
    metadata,
    sa.Column("id", sa.String(36), primary_key=True),
    sa.Column("request_id", sa.String(64), nullable=False, unique=True),
    sa.Column("asset_id", sa.String(36), nullable=False),
    sa.Column("skill_name", sa.Text, nullable=False),
    sa.Column("trigger", sa.String(16), nullable=False),
    sa.Column("status", sa.String(16), nullable=False),
    sa.Column("trace_id", sa.String(32), nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("started_at", UtcDateTime),
    sa.Column("completed_at", UtcDateTime),
    sa.Column("claim", sa.String(36)),
    sa.Column("sequence", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("skill_ids", sa.Text),
    sa.Index("execution_of_asset", "asset_id", "id"),
    sa.Index("execution_by_status", "status"),
    sa.Index("execution_by_status_and_id", "status", "id"),
    sa.Index("execution_of_skill", "skill_name", "id"),
)
"""`claim` names the dispatch that executes it, a later one takes it over; `sequence` counts what
happened to it; `skill_ids` has only a workflow's run.
"""

step = sa.Table(
    "execution_step",
    metadata,
    sa.Column(
        "execution_id",
        sa.ForeignKey("execution.id", ondelete="CASCADE"),
        primary_key=True,
    ),
    sa.Column("position", sa.Integer, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("needs", sa.Text, nullable=False),
    sa.Column("parameters", sa.Text, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("started_at", UtcDateTime),
    sa.Column("completed_at", UtcDateTime),
    sa.Column("succeeded", sa.Boolean),
    sa.Column("error_message", sa.Text),
    sa.Column("profile", sa.Text, nullable=False),
    sa.Column("model", sa.Text, nullable=False),
    sa.Column("input_tokens", sa.BigInteger, nullable=False),
    sa.Column("output_tokens", sa.BigInteger, nullable=False),
    sa.Column("requests", sa.BigInteger, nullable=False),
    sa.Column("cost", sa.Double, nullable=False, server_default="0"),
    sa.Column("cached", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("after_steps", sa.Text, nullable=False, server_default="[]"),
    sa.Column("begin_sequence", sa.BigInteger),
    sa.Column("end_sequence", sa.BigInteger),
)
"""A step that has a `completed_at` is never run again. The sequences are its execution's when it
last began, and when it ended.
"""

executor = sa.Table(
    "executor",
    metadata,
    sa.Column("id", sa.String(100), primary_key=True),
    sa.Column("beat_at", UtcDateTime, nullable=False),
    sa.Column("version", sa.String(64), nullable=False, server_default="pipeline-1"),
)

workflow = sa.Table(
    "workflow",
    metadata,
    sa.Column("id", sa.String(36), primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("name_folded", sa.Text, nullable=False, unique=True),
    sa.Column("description", sa.Text),
    sa.Column("is_auto_run", sa.Boolean, nullable=False),
    sa.Column("graph_json", sa.Text, nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("updated_at", UtcDateTime, nullable=False),
    sa.Index(
        "workflow_one_auto_run",
        "is_auto_run",
        unique=True,
        sqlite_where=sa.text("is_auto_run"),
        postgresql_where=sa.text("is_auto_run"),
    ),
)
"""Pipelines of people's own; a partial unique index lets at most one be auto-run."""

usage = sa.Table(
    "skill_usage",
    metadata,
    sa.Column("skill_name", sa.Text, primary_key=True),
    sa.Column("runs", sa.BigInteger, nullable=False),
)
"""How many runs of a skill were accepted, those included whose assets were deleted since."""

asset_usage = sa.Table(
    "asset_usage",
    metadata,
    sa.Column("asset_id", sa.String(36), primary_key=True),
    sa.Column("input_tokens", sa.BigInteger, nullable=False),
    sa.Column("output_tokens", sa.BigInteger, nullable=False),
    sa.Column("requests", sa.BigInteger, nullable=False),
    sa.Column("cost", sa.Double, nullable=False),
)
"""What AI calls of all runs of an asset used; no row before the first."""

request = request_table(metadata)

deleted_asset = sa.Table(
    "deleted_asset",
    metadata,
    sa.Column("id", sa.String(36), primary_key=True),
    sa.Column("deleted_at", UtcDateTime, nullable=False),
    sa.Index("deleted_asset_at", "deleted_at"),
)
"""So that a start which was under way when its asset was deleted is refused when it arrives."""
