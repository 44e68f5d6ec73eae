"""bot.store on SQLite and on a real PostgreSQL: the same statements, the same results."""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa
from cryptography.fernet import Fernet
from slack_sdk.oauth.installation_store import Installation
from sqlalchemy import text

from bot.store import Feedback, Store, TeamSettings, open_store
from bot.store.claims import Claim
from bot.store.engine import database_url, quick_engine
from bot.store.installations import Installations, KeyMismatch, OAuthStates, TokenBox


async def test_a_delivery_belongs_to_one_however_many_ask(store: Store):
    claims = store.claims
    answers = await asyncio.gather(*(claims.claim("E1") for _ in range(20)))
    assert answers.count(Claim.MINE) == 1
    assert set(answers) == {Claim.MINE, Claim.BUSY}
    assert await claims.claim("E1") is Claim.BUSY
    await claims.done(["E1"])
    assert await claims.claim("E1") is Claim.DONE
    assert await claims.claim("E2") is Claim.MINE


async def test_a_claim_runs_out_unless_it_is_renewed_and_can_be_given_up(store: Store, database: str, tmp_path: Path):
    await store.claims.claim("E1")
    await store.claims.claim("E2")
    store.claims.lease = 0.3
    await store.claims.renew(["E1"])
    await store.claims.release(["E2"])
    assert await store.claims.claim("E1") is Claim.BUSY
    assert await store.claims.claim("E2") is Claim.AGAIN
    await asyncio.sleep(0.35)
    assert await store.claims.claim("E1") is Claim.AGAIN
    await store.claims.done(["E1"])
    await store.claims.renew(["E1"])
    assert await store.claims.claim("E1") is Claim.DONE


async def test_two_processes_share_what_was_claimed(database: str, tmp_path: Path):
    one, two = await asyncio.gather(open_store(database, tmp_path), open_store(database, tmp_path))
    got = await asyncio.gather(*(s.claims.claim(f"E{n}") for n in range(200) for s in (one, two)))
    assert got.count(Claim.MINE) == 200
    await asyncio.gather(*(one.claims.done([f"E{n}"]) for n in range(200)))
    assert set(await asyncio.gather(*(two.claims.claim(f"E{n}") for n in range(200)))) == {Claim.DONE}
    await one.close()
    await two.close()


def test_many_open_a_new_file_at_once(tmp_path: Path):
    def opened(number: int) -> None:
        engine = quick_engine(database_url(None, tmp_path / str(number)))
        assert isinstance(engine, sa.Engine)
        with engine.begin() as connection:
            connection.execute(sa.text("CREATE TABLE IF NOT EXISTS t (a)"))
        engine.dispose()

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(opened, [number for number in range(120) for _ in range(4)]))


async def test_counts_of_two_processes_add_up(database: str, tmp_path: Path):
    one, two = await open_store(database, tmp_path), await open_store(database, tmp_path)
    for store in (one, two, one):
        store.count("T1", "state", "sC")
    await one.close()
    assert dict((await two.stats("T1")).kinds) == {"state": 3}
    await two.close()


async def test_languages(store: Store):
    assert await store.languages("T1", "U1") == (None, None, None, 0)
    await store.keep_locale("T1", "U1", "zh-CN")
    await store.choose_language("T1", "U1", "en")
    await store.save_settings("T1", TeamSettings("zh", "admins", True))
    chosen, locale, default, at = await store.languages("T1", "U1")
    assert (chosen, locale, default) == ("en", "zh-CN", "zh")
    assert abs(at - time.time()) < 60
    await store.choose_language("T1", "U1", None)
    assert (await store.languages("T1", "U1"))[0] is None
    assert await store.settings("T1") == TeamSettings("zh", "admins", True)
    assert await store.settings("T2") == TeamSettings()


async def test_notes_stay_in_their_workspace(store: Store):
    note = await store.add_note("T1", "sC", "our payments DB saturates", "https://wiki.example.com/sC", "U1")
    await store.add_note("T2", "sC", "somebody else's", "", "U9")
    assert await store.notes("T1", "sC") == (note,)
    assert not await store.edit_note("T2", note.id, "stolen", "")
    assert await store.edit_note("T1", note.id, "changed", "")
    assert (await store.note("T1", note.id)).text == "changed"
    assert not await store.delete_note("T2", note.id)
    assert await store.delete_note("T1", note.id)
    assert await store.notes("T1") == ()


async def test_export_and_import(store: Store):
    await store.add_note("T1", "sC", "一条备注", "", "U1")
    exported = await store.notes("T1")
    await store.forget_team("T1")
    assert await store.notes("T1") == ()
    await store.put_notes(exported)
    await store.put_notes(exported)
    assert await store.notes("T1") == exported


async def test_stats_count_and_forget(store: Store):
    for _ in range(5):
        store.count("T1", "state", "sC")
    store.count("T1", "nothing", None, "what is love")
    await store.add_feedback(Feedback("T1", "U1", "sC", "state", True, "", int(time.time())))
    await store.add_feedback(Feedback("T1", "U2", "sC", "state", False, "too long", int(time.time())))
    stats = await store.stats("T1")
    assert stats.entries == (("sC", 5),)
    assert dict(stats.kinds) == {"state": 5, "nothing": 1}
    assert (stats.misses, stats.miss_words, stats.helpful, stats.unhelpful) == (1, ("what is love",), 1, 1)
    assert await store.forget_team("T1") > 0
    assert (await store.stats("T1")).kinds == ()


async def test_retention_drops_only_the_old(store: Store):
    old = int(time.time()) - 400 * 86400
    await store.add_feedback(Feedback("T1", "U1", "sC", "state", True, "", old))
    await store.add_feedback(Feedback("T1", "U1", "sC", "state", True, "", int(time.time())))
    assert await store.retain(365) == 1
    assert await store.forget_seen() == 0


async def test_tokens_are_unreadable_in_the_database_and_keys_rotate(store: Store):
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    held = Installations("1.2", store.engine, TokenBox([old]))
    token = "xoxe.xoxb-" + "1" * 190
    await held.async_save(
        Installation(team_id="T1", user_id="U1", bot_token=token, bot_id="B1", bot_refresh_token="xoxe-1-secret")
    )
    async with store.engine.connect() as connection:
        for table in ("slack_bots", "slack_installations"):
            row = (await connection.execute(text(f"SELECT * FROM {table}"))).first()
            assert "xox" not in str(row)
    bot = await held.async_find_bot(enterprise_id=None, team_id="T1")
    assert (bot.bot_token, bot.bot_refresh_token) == (token, "xoxe-1-secret")
    rotating = Installations("1.2", store.engine, TokenBox([new, old]))
    assert await rotating.rotate_keys() == 2
    only_new = Installations("1.2", store.engine, TokenBox([new]))
    assert (await only_new.async_find_installation(enterprise_id=None, team_id="T1")).bot_token == token
    with pytest.raises(KeyMismatch):
        await held.async_find_bot(enterprise_id=None, team_id="T1")
    await only_new.async_delete_all(enterprise_id=None, team_id="T1")
    assert await only_new.async_find_bot(enterprise_id=None, team_id="T1") is None


async def test_an_oauth_state_is_good_once(store: Store):
    states = OAuthStates(300, store.engine)
    state = await states.async_issue()
    assert sorted(await asyncio.gather(*(states.async_consume(state) for _ in range(5)))) == [False] * 4 + [True]
    assert not await states.async_consume("forged")


def test_database_urls():
    assert str(database_url("postgres://u:p@db/x", Path())).startswith("postgresql+asyncpg://")
    assert database_url(None, Path("data")).database == "data/haflag.sqlite3"
    with pytest.raises(ValueError, match="mysql"):
        database_url("mysql://db/x", Path())
