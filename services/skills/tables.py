"""The tables of executions and of who executes them."""

import sqlalchemy as sa

from services.chassis.database import UtcDateTime

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
    sa.Index("execution_of_asset", "asset_id", "id"),
    sa.Index("execution_by_status", "status"),
)

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
)

executor = sa.Table(
    "executor",
    metadata,
    sa.Column("id", sa.String(100), primary_key=True),
    sa.Column("beat_at", UtcDateTime, nullable=False),
)
