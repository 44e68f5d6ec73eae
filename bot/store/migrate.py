"""Brings the database to the newest revision, one process at a time, with Alembic."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncEngine

_LOCK = 0x6861666C6167


def _config(connection: Connection | None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config


def _upgrade(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    command.upgrade(_config(connection), "head")


async def migrate(engine: AsyncEngine) -> None:
    """Runs the migrations that are missing. Several processes may call it at once: the lock (PostgreSQL's advisory lock,
    SQLite's write lock) lets one work while the others wait and then find nothing to do."""
    async with engine.begin() as connection:
        await connection.run_sync(_upgrade)
