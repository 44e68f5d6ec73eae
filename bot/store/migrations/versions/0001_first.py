"""The first tables: preferences, settings, notes, feedback, tallies, misses, seen, Slack's installations and states."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def _installation_columns() -> list[sa.Column[Any]]:
    text = [
        "client_id", "app_id", "enterprise_id", "enterprise_name", "enterprise_url", "team_id", "team_name", "bot_token",
        "bot_id", "bot_user_id", "bot_scopes", "bot_refresh_token", "user_id", "user_token", "user_scopes",
        "user_refresh_token", "incoming_webhook_url", "incoming_webhook_channel", "incoming_webhook_channel_id",
        "incoming_webhook_configuration_url", "token_type",
    ]  # fmt: skip
    return [
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        *(sa.Column(name, sa.Text) for name in text),
        sa.Column("bot_token_expires_at", sa.DateTime),
        sa.Column("user_token_expires_at", sa.DateTime),
        sa.Column("is_enterprise_install", sa.Boolean, nullable=False),
        sa.Column("installed_at", sa.DateTime, nullable=False),
    ]


def upgrade() -> None:
    op.create_table(
        "preferences",
        sa.Column("team", sa.String(32), primary_key=True),
        sa.Column("user", sa.String(32), primary_key=True),
        sa.Column("language", sa.String(8)),
        sa.Column("locale", sa.String(16)),
        sa.Column("locale_at", sa.BigInteger),
    )
    op.create_table(
        "team_settings",
        sa.Column("team", sa.String(32), primary_key=True),
        sa.Column("language", sa.String(8)),
        sa.Column("notes_by", sa.String(16), nullable=False),
        sa.Column("keep_misses", sa.Boolean, nullable=False),
    )
    op.create_table(
        "notes",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("team", sa.String(32), nullable=False),
        sa.Column("entry", sa.String(32), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("author", sa.String(32), nullable=False),
        sa.Column("created", sa.BigInteger, nullable=False),
        sa.Column("updated", sa.BigInteger, nullable=False),
    )
    op.create_index("notes_by_entry", "notes", ["team", "entry"])
    op.create_table(
        "feedback",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("team", sa.String(32), nullable=False),
        sa.Column("user", sa.String(32), nullable=False),
        sa.Column("entry", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("helpful", sa.Boolean, nullable=False),
        sa.Column("comment", sa.Text, nullable=False),
        sa.Column("created", sa.BigInteger, nullable=False),
    )
    op.create_index("feedback_by_team", "feedback", ["team", "created"])
    op.create_table(
        "tallies",
        sa.Column("team", sa.String(32), primary_key=True),
        sa.Column("day", sa.Integer, primary_key=True),
        sa.Column("what", sa.String(48), primary_key=True),
        sa.Column("count", sa.Integer, nullable=False),
    )
    op.create_table(
        "misses",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("team", sa.String(32), nullable=False),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("created", sa.BigInteger, nullable=False),
    )
    op.create_index("misses_by_team", "misses", ["team", "created"])
    op.create_table(
        "seen",
        sa.Column("key", sa.String(160), primary_key=True),
        sa.Column("at", sa.BigInteger, nullable=False),
    )
    op.create_index("seen_by_time", "seen", ["at"])
    op.create_table("slack_installations", *_installation_columns())
    op.create_index(
        "installations_by_team", "slack_installations", ["client_id", "enterprise_id", "team_id", "user_id", "installed_at"]
    )
    bot_columns = {c.name for c in _installation_columns()} - {
        "enterprise_url", "user_id", "user_token", "user_scopes", "user_refresh_token", "user_token_expires_at",
        "incoming_webhook_url", "incoming_webhook_channel", "incoming_webhook_channel_id",
        "incoming_webhook_configuration_url", "token_type",
    }  # fmt: skip
    op.create_table("slack_bots", *(c for c in _installation_columns() if c.name in bot_columns))
    op.create_index("bots_by_team", "slack_bots", ["client_id", "enterprise_id", "team_id", "installed_at"])
    op.create_table(
        "slack_oauth_states",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("state", sa.String(200), nullable=False, unique=True),
        sa.Column("expire_at", sa.DateTime, nullable=False),
    )
