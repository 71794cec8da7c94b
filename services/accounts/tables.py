"""The tables of this service. Migrations create them; see `migrations/versions`."""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, MetaData, Table, Text

from services.chassis.database import UtcDateTime
from services.chassis.requests import request_table

metadata = MetaData()

account = Table(
    "account",
    metadata,
    Column("id", Text, primary_key=True),
    Column("username", Text, nullable=False),
    Column("username_folded", Text, nullable=False, unique=True),
    Column("password_hash", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("is_active", Boolean, nullable=False),
    Column("granted", Text, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("minimum_version", BigInteger, nullable=False),
    Column("create_time", UtcDateTime, nullable=False),
    Column("update_time", UtcDateTime, nullable=False),
    Column("last_login_time", UtcDateTime),
    Column("access_expire_time", UtcDateTime),
    Column("stale_until", UtcDateTime),
    Index("account_stale_until", "stale_until"),
)
"""Users; `user` is a word of SQL.

`granted` has permissions with a space between them. `access_expire_time` is when the last access
token that was given out expires; what it is at a new version becomes `stale_until`, until when
there may be access tokens of an older one.
"""

account_set = Table(
    "account_set",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("super_admin_made", Boolean, nullable=False),
)
"""One row, locked by every change of users, so that changes happen one after the other."""

session = Table(
    "session",
    metadata,
    Column("id", Text, primary_key=True),
    Column("account_id", Text, nullable=False),
    Column("access_expire_time", UtcDateTime, nullable=False),
    Column("refresh_expire_time", UtcDateTime, nullable=False),
    Column("end_time", UtcDateTime),
    Index("session_account_id", "account_id"),
    Index("session_refresh_expire_time", "refresh_expire_time"),
)
"""Who has signed in, and until when its last tokens work; a partial index finds the ended ones."""

refresh_token = Table(
    "refresh_token",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("session_id", Text, nullable=False),
    Column("expire_time", UtcDateTime, nullable=False),
    Column("spent_time", UtcDateTime),
    Index("refresh_token_session_id", "session_id"),
    Index("refresh_token_expire_time", "expire_time"),
)
"""A session's tokens, by their SHA-256; all but the last one are spent."""

sign_in = Table(
    "sign_in",
    metadata,
    Column("id", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("time", UtcDateTime, nullable=False),
    Index("sign_in_key_time", "key", "time"),
    Index("sign_in_time", "time"),
)
"""Attempts to sign in that have not succeeded, by digests of the name and of the address."""

request = request_table(metadata)
"""Which requests had their effect."""
