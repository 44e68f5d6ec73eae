"""Database URL → async engine, with the settings under which each database keeps what was confirmed."""

import sqlite3
import time
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy import create_engine as create_sync_engine
from sqlalchemy.engine import URL, make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

LOCK_SECONDS = 10
"""How long a connection to SQLite waits for another's lock."""


def database_url(url: str | None, data: Path) -> URL:
    """The SQLAlchemy URL for `DATABASE_URL` (any spelling of PostgreSQL's), or for the SQLite file in the folder `data`.

    ValueError for another kind of database.
    """
    if not url:
        return URL.create("sqlite+aiosqlite", database=str(data / "haflag.sqlite3"))
    parsed = make_url(url)
    if parsed.get_backend_name() in ("postgres", "postgresql"):
        query = {k: v for k, v in parsed.query.items() if k != "sslmode"}
        mode = parsed.query.get("sslmode")
        return parsed.set(drivername="postgresql+asyncpg", query={**query, **({"ssl": mode} if mode else {})})
    if parsed.get_backend_name() == "sqlite":
        return parsed.set(drivername="sqlite+aiosqlite")
    raise ValueError(f"DATABASE_URL: {parsed.get_backend_name()} is not supported; use postgresql:// or sqlite:///")


def create_engine(url: URL) -> AsyncEngine:
    """An engine for `url`. SQLite: WAL, full sync, 10 s of waiting for a lock, transactions that take the write lock at once
    (a read that later writes would fail with "database is locked" instead of waiting), unless `reading(engine)` began them.
    """
    if url.get_backend_name() != "sqlite":
        return create_async_engine(url, pool_pre_ping=True, pool_size=5, max_overflow=5, pool_recycle=1800)
    engine = create_async_engine(_made(url), connect_args={"timeout": LOCK_SECONDS})
    _configure(engine.sync_engine, "FULL")

    @event.listens_for(engine.sync_engine, "begin")
    def begin(connection):  # type: ignore[no-untyped-def]
        connection.exec_driver_sql("BEGIN" if connection.get_execution_options().get("reads") else "BEGIN IMMEDIATE")

    return engine


def quick_engine(url: URL) -> AsyncEngine | Engine:
    """An engine for what may be lost with the machine, but not with the process: one connection, each statement its own
    transaction, no waiting for the disk. SQLite's is for a thread of its owner: SQLAlchemy's asynchronous one changes threads
    half a dozen times per statement, which costs more than the statement.
    """
    if url.get_backend_name() != "sqlite":
        return create_async_engine(
            url, pool_size=1, max_overflow=1, pool_recycle=1800, isolation_level="AUTOCOMMIT",
            connect_args={"server_settings": {"synchronous_commit": "off"}},
        )  # fmt: skip
    made = _made(url).set(drivername="sqlite")
    engine = create_sync_engine(made, connect_args={"timeout": LOCK_SECONDS}, pool_size=1, max_overflow=0)
    _configure(engine, "NORMAL")
    return engine


def _made(url: URL) -> URL:
    if url.database:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    return url


def _configure(engine: Engine, synchronous: str) -> None:
    @event.listens_for(engine, "connect")
    def configure(connection, record):  # type: ignore[no-untyped-def]
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout={1000 * LOCK_SECONDS}")
        _write_ahead(cursor)
        for pragma in (f"synchronous={synchronous}", "foreign_keys=ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()


def _write_ahead(cursor: Any) -> None:
    """Switches a file to WAL. Where two processes do so with a new file, SQLite refuses one of them without any waiting."""
    until = time.monotonic() + LOCK_SECONDS
    while True:
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(0.005)


def reading(engine: AsyncEngine) -> AsyncEngine:
    """The same connections for transactions that only read: on SQLite they wait for nobody and keep nobody waiting."""
    return engine.execution_options(reads=True)
