"""Database URL → async engine, with the settings under which each database keeps what was confirmed."""

from pathlib import Path

from sqlalchemy import event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine


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


def create_engine(url: URL, *, durable: bool = True) -> AsyncEngine:
    """An engine for `url`. SQLite: WAL, 10 s of waiting for a lock, transactions that take the write lock at once (a read
    that later writes would fail with "database is locked" instead of waiting).

    `durable=False` is for what may be lost with the machine, but not with the process: one connection, each statement its
    own transaction, no waiting for the disk.
    """
    if url.get_backend_name() != "sqlite":
        if durable:
            return create_async_engine(url, pool_pre_ping=True, pool_size=5, max_overflow=5, pool_recycle=1800)
        return create_async_engine(
            url, pool_size=1, max_overflow=1, pool_recycle=1800, isolation_level="AUTOCOMMIT",
            connect_args={"server_settings": {"synchronous_commit": "off"}},
        )  # fmt: skip
    if url.database and url.database != ":memory:":
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_async_engine(url, connect_args={"timeout": 10})
    pragmas = ("journal_mode=WAL", f"synchronous={'FULL' if durable else 'NORMAL'}", "busy_timeout=10000", "foreign_keys=ON")

    @event.listens_for(engine.sync_engine, "connect")
    def configure(connection, record):  # type: ignore[no-untyped-def]
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in pragmas:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def begin(connection):  # type: ignore[no-untyped-def]
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine
