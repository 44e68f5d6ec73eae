"""What an operator does to the store: migrate, forget, export, import, rotate keys, retain; and the clock's part of it."""

import asyncio
import io
import json
import time
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from cryptography.fernet import Fernet
from slack_sdk.oauth.installation_store import Installation

from bot.cli import main
from bot.limits import RateLimit
from bot.store import Feedback, Store, open_store
from bot.store import migrate as migrations
from bot.store.claims import Claim
from bot.store.installations import Installations, TokenBox


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("DATABASE_URL", "SLACK_CLIENT_ID", "SLACK_BOT_TOKEN", "HAFLAG_TOKEN_KEYS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HAFLAG_DATA", str(tmp_path))
    return tmp_path


async def filled(folder: Path) -> None:
    store = await open_store(None, folder)
    await store.add_note("T1", "sC", "一条备注 & more", "https://wiki.example.com/sC", "U1")
    await store.add_note("T2", "sC", "somebody else's", "", "U9")
    await store.add_feedback(Feedback("T1", "U1", "sC", "state", True, "", int(time.time()) - 400 * 86400))
    await store.close()


async def rows(folder: Path, *tables: str) -> str:
    store = await open_store(None, folder)
    async with store.engine.connect() as connection:
        found = [(await connection.execute(sa.text(f"SELECT * FROM {table}"))).all() for table in tables]
    await store.close()
    return str(found)


def run(*argv: str) -> int:
    return main(list(argv))


def test_migrate_makes_the_database_and_may_come_twice(folder: Path, capsys: pytest.CaptureFixture[str]):
    assert (run("migrate"), run("migrate")) == (0, 0)
    assert (folder / "haflag.sqlite3").exists()
    assert "newest" in capsys.readouterr().out


def test_notes_travel_as_json_and_stay_where_they_were(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    asyncio.run(filled(folder))
    assert run("data", "export", "T1") == 0
    exported = capsys.readouterr().out
    (note,) = json.loads(exported)
    assert (note["entry"], note["text"]) == ("sC", "一条备注 & more")
    for team in ("T3", "T3", "T1"):
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(exported.encode())))
        assert run("data", "import", team) == 0
    counts = {}
    for team in ("T1", "T2", "T3"):
        capsys.readouterr()
        run("data", "export", team)
        counts[team] = len(json.loads(capsys.readouterr().out))
    assert counts == {"T1": 1, "T2": 1, "T3": 1}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"entry": "xx"}, "note 1: there is no entry 'xx'"),
        ({"text": "x" * 401}, "401 characters"),
        ({"url": "javascript:alert(1)"}, "http or https"),
        ({"author": "!channel"}, "author"),
        ({"created": "today"}, "holds no notes"),
    ],
)
def test_an_import_that_could_not_be_shown_says_why_and_changes_nothing(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, change: dict[str, str], said: str
):
    asyncio.run(filled(folder))
    run("data", "export", "T1")
    (note,) = json.loads(capsys.readouterr().out)
    given = [note | change, note | {"id": "0" * 32}]
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(json.dumps(given).encode())))
    assert run("data", "import", "T1") == 1
    assert said in capsys.readouterr().err
    run("data", "export", "T1")
    assert json.loads(capsys.readouterr().out) == [note]


def test_forget_leaves_nothing_of_a_workspace_and_all_of_the_others(folder: Path):
    asyncio.run(filled(folder))
    assert run("forget", "T1") == 0
    left = asyncio.run(rows(folder, "notes", "feedback"))
    assert "T2" in left
    assert "T1" not in left


def test_old_feedback_goes_and_notes_stay(folder: Path, capsys: pytest.CaptureFixture[str]):
    asyncio.run(filled(folder))
    assert run("data", "retain", "365") == 0
    assert "1 rows" in capsys.readouterr().out
    assert "T1" in asyncio.run(rows(folder, "notes"))
    assert run("data", "retain", "0") == 1


def test_keys_rotate_and_a_missing_key_is_named(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()

    async def installed() -> None:
        store = await open_store(None, folder)
        held = Installations("1.2", store.engine, TokenBox([old]))
        await held.async_save(Installation(team_id="T1", user_id="U1", bot_token="xoxb-1", bot_id="B1"))
        await store.close()

    asyncio.run(installed())
    app = {"SLACK_CLIENT_ID": "1.2", "SLACK_CLIENT_SECRET": "s", "SLACK_SIGNING_SECRET": "0123456789abcdef"}
    for name, value in {**app, "HAFLAG_TOKEN_KEYS": new}.items():
        monkeypatch.setenv(name, value)
    assert run("data", "rotate-keys") == 1
    assert "HAFLAG_TOKEN_KEYS" in capsys.readouterr().err
    monkeypatch.setenv("HAFLAG_TOKEN_KEYS", f"{new},{old}")
    assert run("data", "rotate-keys") == 0
    monkeypatch.setenv("HAFLAG_TOKEN_KEYS", new)
    assert run("data", "rotate-keys") == 0
    assert run("forget", "T1") == 0
    assert "T1" not in asyncio.run(rows(folder, "slack_bots", "slack_installations"))


def test_a_password_of_the_database_is_not_shown(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("DATABASE_URL", "postgresql://u:hunter2@127.0.0.1:1/x")
    assert run("migrate") == 1
    said = capsys.readouterr()
    assert "hunter2" not in said.out + said.err
    assert "database" in said.err


@pytest.mark.parametrize("migrated", [True, False])
async def test_a_new_database_and_a_migrated_one_have_the_same_tables(database: str, tmp_path: Path, migrated: bool):
    from bot.store.engine import create_engine, database_url
    from bot.store.migrate import newest
    from bot.store.tables import metadata

    engine = create_engine(database_url(database, tmp_path))
    if migrated:
        async with engine.begin() as connection:
            await connection.run_sync(lambda c: _alembic(c, "head"))
    store: Store = await open_store(database, tmp_path)
    async with engine.begin() as connection:
        assert await connection.scalar(sa.text("SELECT version_num FROM alembic_version")) == newest()
        found = await connection.run_sync(
            lambda c: compare_metadata(MigrationContext.configure(c, opts={"compare_type": True}), metadata)
        )
        await connection.run_sync(lambda c: _alembic(c, "head"))
    assert found == []
    await store.close()
    await engine.dispose()


def _alembic(connection: sa.Connection, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


async def test_a_database_of_the_first_revision_is_brought_up_with_what_it_holds(database: str, tmp_path: Path):
    from bot.store.engine import create_engine, database_url

    engine = create_engine(database_url(database, tmp_path))

    def first(connection: sa.Connection) -> None:
        _alembic(connection, "0001")
        connection.execute(sa.text("INSERT INTO seen (key, at) VALUES ('e:Ev1', 1)"))

    async with engine.begin() as connection:
        await connection.run_sync(first)
    await engine.dispose()
    store: Store = await open_store(database, tmp_path)
    assert await store.claims.claim("e:Ev1") is Claim.DONE
    assert await store.claims.claim("e:Ev2") is Claim.MINE
    await store.close()


def test_a_workspace_has_a_limit_of_its_own():
    now = [0.0]
    limit = RateLimit(3, 5, lambda: now[0])
    assert [limit.wait("T1", "U1") for _ in range(3)] == [0, 0, 0]
    assert limit.wait("T1", "U1") == pytest.approx(20)
    assert [limit.wait("T1", "U2") for _ in range(2)] == [0, 0]
    assert limit.wait("T1", "U3") == pytest.approx(12)
    assert limit.wait("T2", "U1") == 0
    now[0] += 12
    assert limit.wait("T1", "U3") == 0
    assert limit.wait("T1", "U3") > 0
    assert RateLimit(0).wait("T1", "U1") == 0
