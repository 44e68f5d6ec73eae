"""Brings the database to the newest revision, one process at a time: a new one by its tables, an older one with Alembic."""

from pathlib import Path

from sqlalchemy import Connection, inspect, text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.store.engine import reading
from bot.store.tables import metadata

_LOCK = 0x6861666C6167


def _upgrade(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    if not {"alembic_version", *metadata.tables} & set(inspect(connection).get_table_names()):
        # Alembic would make the same, for a quarter of a second and 11 MB in every process that starts on a new database.
        metadata.create_all(connection)
        connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)"))
        connection.execute(text("INSERT INTO alembic_version VALUES (:newest)"), {"newest": newest()})
        return
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


async def migrate(engine: AsyncEngine) -> None:
    """Runs the migrations that are missing. Several processes may call it at once: the lock (PostgreSQL's advisory lock,
    SQLite's write lock) lets one work while the others wait and then find nothing to do."""
    if await _revision(engine) == newest():
        return
    async with engine.begin() as connection:
        await connection.run_sync(_upgrade)


def newest() -> str:
    """The revision that this code works with."""
    return max(path.name[:4] for path in (Path(__file__).parent / "migrations" / "versions").glob("[0-9]*.py"))


async def _revision(engine: AsyncEngine) -> str | None:
    async with reading(engine).connect() as connection:
        tables = await connection.run_sync(lambda c: inspect(c).get_table_names())
        return await connection.scalar(text("SELECT version_num FROM alembic_version")) if "alembic_version" in tables else None
