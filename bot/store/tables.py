"""The tables, for SQLite and PostgreSQL alike; changed by migrations only."""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, MetaData, String, Table, Text

metadata = MetaData()

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

BY_TEAM = (preferences, team_settings, notes, feedback, tallies, misses)
