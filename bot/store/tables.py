"""The tables as the newest migration leaves them, for SQLite and PostgreSQL alike. A new database gets them at once, an older
one by migrations; a test compares the two."""

from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, DateTime, Index, Integer, MetaData, String, Table, Text

metadata = MetaData()


def _held(*texts: str) -> list[Column[Any]]:
    """Columns of slack_sdk's tables of installations."""
    return [
        Column("id", Integer, primary_key=True, autoincrement=True),
        *(Column(text, Text) for text in texts),
        Column("bot_token_expires_at", DateTime),
        Column("is_enterprise_install", Boolean, nullable=False),
        Column("installed_at", DateTime, nullable=False),
    ]


_BOT = (
    "client_id", "app_id", "enterprise_id", "enterprise_name", "team_id", "team_name", "bot_token", "bot_id", "bot_user_id",
    "bot_scopes", "bot_refresh_token",
)  # fmt: skip
_USER = (
    "enterprise_url", "user_id", "user_token", "user_scopes", "user_refresh_token", "incoming_webhook_url",
    "incoming_webhook_channel", "incoming_webhook_channel_id", "incoming_webhook_configuration_url", "token_type",
)  # fmt: skip

preferences = Table(
    "preferences",
    metadata,
    Column("team", String(32), primary_key=True),
    Column("user", String(32), primary_key=True),
    Column("language", String(8)),
    Column("locale", String(16)),
    Column("locale_at", BigInteger),
)

team_settings = Table(
    "team_settings",
    metadata,
    Column("team", String(32), primary_key=True),
    Column("language", String(8)),
    Column("notes_by", String(16), nullable=False),
    Column("keep_misses", Boolean, nullable=False),
)

notes = Table(
    "notes",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("team", String(32), nullable=False),
    Column("entry", String(32), nullable=False),
    Column("text", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("author", String(32), nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("updated", BigInteger, nullable=False),
    Index("notes_by_entry", "team", "entry"),
)

feedback = Table(
    "feedback",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("team", String(32), nullable=False),
    Column("user", String(32), nullable=False),
    Column("entry", String(32), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("helpful", Boolean, nullable=False),
    Column("comment", Text, nullable=False),
    Column("created", BigInteger, nullable=False),
    Index("feedback_by_team", "team", "created"),
)

tallies = Table(
    "tallies",
    metadata,
    Column("team", String(32), primary_key=True),
    Column("day", Integer, primary_key=True),
    Column("what", String(48), primary_key=True),
    Column("count", Integer, nullable=False),
)

misses = Table(
    "misses",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("team", String(32), nullable=False),
    Column("words", Text, nullable=False),
    Column("created", BigInteger, nullable=False),
    Index("misses_by_team", "team", "created"),
)

seen = Table(
    "seen",
    metadata,
    Column("key", String(160), primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("until", BigInteger),
    Column("tries", Integer, nullable=False, server_default="1"),
    Index("seen_by_time", "at"),
)

Table(
    "slack_installations",
    metadata,
    *_held(*_BOT, *_USER),
    Column("user_token_expires_at", DateTime),
    Index("installations_by_team", "client_id", "enterprise_id", "team_id", "user_id", "installed_at"),
)

Table(
    "slack_bots",
    metadata,
    *_held(*_BOT),
    Index("bots_by_team", "client_id", "enterprise_id", "team_id", "installed_at"),
)

Table(
    "slack_oauth_states",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("state", String(200), nullable=False, unique=True),
    Column("expire_at", DateTime, nullable=False),
)

BY_TEAM = (preferences, team_settings, notes, feedback, tallies, misses)
