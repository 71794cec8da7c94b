"""Fallback, prices and budgets; what was learnt, used and answered."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds columns and tables; code of the version before goes on working on them."""
    op.add_column("profile", sa.Column("fallback_order", sa.Integer))
    for name in ("input_price_per_million", "output_price_per_million", "monthly_budget"):
        op.add_column("profile", sa.Column(name, sa.Double))
    op.create_table(
        "capability",
        sa.Column("api_base_url", sa.Text, primary_key=True),
        sa.Column("model_name", sa.Text, primary_key=True),
        sa.Column("resolved_base_url", sa.Text, nullable=False),
        sa.Column("answer_format", sa.Text, nullable=False),
        sa.Column("token_field", sa.Text, nullable=False),
        sa.Column("can_see_images", sa.Boolean),
        sa.Column("image_side", sa.Integer),
        sa.Column("learn_time", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "ai_usage",
        sa.Column("day", sa.String(10), primary_key=True),
        sa.Column("profile_id", sa.Text, primary_key=True),
        sa.Column("skill_name", sa.Text, primary_key=True),
        sa.Column("profile_name", sa.Text, nullable=False),
        sa.Column("requests", sa.BigInteger, nullable=False),
        sa.Column("input_tokens", sa.BigInteger, nullable=False),
        sa.Column("output_tokens", sa.BigInteger, nullable=False),
        sa.Column("cached", sa.BigInteger, nullable=False),
        sa.Column("cost", sa.Double, nullable=False),
        sa.Index("ai_usage_of_profile", "profile_id", "day"),
    )
    op.create_table(
        "answer",
        sa.Column("key", sa.String(64), primary_key=True),
        sa.Column("picture_sha256", sa.String(64), nullable=False),
        sa.Column("profile_id", sa.Text, nullable=False),
        sa.Column("model_name", sa.Text, nullable=False),
        sa.Column("output_json", sa.Text, nullable=False),
        sa.Column("create_time", sa.DateTime(timezone=True), nullable=False),
        sa.Index("answer_of_picture", "picture_sha256"),
        sa.Index("answer_of_profile", "profile_id"),
    )
    op.create_table(
        "forgotten_picture",
        sa.Column("picture_sha256", sa.String(64), primary_key=True),
        sa.Column("forget_time", sa.DateTime(timezone=True), nullable=False),
        sa.Index("forgotten_picture_time", "forget_time"),
    )


def downgrade() -> None:
    """Is not offered: an older version works with these tables too."""
    raise NotImplementedError("an older version can be started as it is")
