"""The first tables: users, their sessions, and who tries to sign in."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Creates the tables."""
    op.create_table(
        "account",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("username", sa.Text, nullable=False),
        sa.Column("username_folded", sa.Text, nullable=False, unique=True),
        sa.Column("password_hash", sa.Text, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("is_active", sa.Boolean, nullable=False),
        sa.Column("granted", sa.Text, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("minimum_version", sa.BigInteger, nullable=False),
        sa.Column("create_time", _TIME, nullable=False),
        sa.Column("update_time", _TIME, nullable=False),
        sa.Column("last_login_time", _TIME),
        sa.Column("access_expire_time", _TIME),
        sa.Column("stale_until", _TIME),
        sa.Index("account_stale_until", "stale_until"),
    )
    account_set = op.create_table(
        "account_set",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("super_admin_made", sa.Boolean, nullable=False),
        sa.CheckConstraint("id = 1", name="account_set_single_row"),
    )
    op.bulk_insert(account_set, [{"id": 1, "super_admin_made": False}])
    op.create_table(
        "session",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("account_id", sa.Text, nullable=False),
        sa.Column("access_expire_time", _TIME, nullable=False),
        sa.Column("refresh_expire_time", _TIME, nullable=False),
        sa.Column("end_time", _TIME),
        sa.Index("session_account_id", "account_id"),
        sa.Index("session_refresh_expire_time", "refresh_expire_time"),
    )
    op.create_index(
        "session_ended",
        "session",
        ["access_expire_time"],
        sqlite_where=sa.text("end_time IS NOT NULL"),
        postgresql_where=sa.text("end_time IS NOT NULL"),
    )
    op.create_table(
        "refresh_token",
        sa.Column("digest", sa.Text, primary_key=True),
        sa.Column("session_id", sa.Text, nullable=False),
        sa.Column("expire_time", _TIME, nullable=False),
        sa.Column("spent_time", _TIME),
        sa.Index("refresh_token_session_id", "session_id"),
        sa.Index("refresh_token_expire_time", "expire_time"),
    )
    op.create_table(
        "sign_in",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("time", _TIME, nullable=False),
        sa.Index("sign_in_key_time", "key", "time"),
        sa.Index("sign_in_time", "time"),
    )
    op.create_table(
        "request",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("resource_id", sa.Text, nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Index("request_created", "created_at"),
    )


def downgrade() -> None:
    """Is not offered: it would drop every user."""
    raise NotImplementedError("restore a backup instead")
