"""Who may use Ibasho: services with API keys, console users with roles and sessions."""

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table

from moderation.storage.tables.base import MAIN, Id, Json, UtcDateTime

services = Table(
    "services",
    MAIN,
    Column("id", Id, primary_key=True),
    Column("name", String(200), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
)

api_keys = Table(
    "api_keys",
    MAIN,
    Column("id", Id, primary_key=True),
    Column("service_id", Id, ForeignKey("services.id"), nullable=False),
    Column("name", String(200), nullable=False),
    Column("key_hash", Id, nullable=False, unique=True),  # SHA-256; the key has 256 random bits
    Column("scopes", Json, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime),
    Column("revoked_at", UtcDateTime),
    Column("last_used_at", UtcDateTime),
    Column("rate_limit", Integer),  # tokens a second; null: the setting, 0: none
    Column("replaces", Id),  # the key it was rotated from
)

users = Table(
    "users",
    MAIN,
    Column("id", Id, primary_key=True),
    Column("login", String(64), nullable=False, unique=True),
    Column("display_name", String(200), nullable=False),
    Column("pseudonym", String(64), nullable=False),  # what leaves the house instead of the name
    Column("password_hash", String(300), nullable=False),
    Column("roles", Json, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("disabled_at", UtcDateTime),
)

console_sessions = Table(
    "console_sessions",
    MAIN,
    Column("token_hash", Id, primary_key=True),
    Column("user_id", Id, ForeignKey("users.id"), nullable=False),
    Column("csrf_token", Id, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Index("ix_console_sessions_user", "user_id"),
)
