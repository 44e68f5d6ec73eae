"""Each delivery once: copies, retries, twins, work that lasts, processes that die, a database that is away."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from bot import once
from bot.delivery import also, current, fail, lasts, surface
from bot.once import Deliveries
from bot.payload import Fields, name
from bot.reply import Reply
from bot.store import Store, open_store
from bot.tasks import Tasks
from tests.bot.slack_stub import slash


class Process:
    """One process of the bot: deliveries on a store, and a listener that does `work` after its ack."""

    def __init__(self, store: Store | None, answers: list[str]) -> None:
        self.deliveries = Deliveries(self.dispatch, store.claims if store else None)
        self.tasks, self.answers, self.takes, self.broken = Tasks(), answers, 0.0, False
        self.seen_again: list[bool] = []

    async def dispatch(self, payload: Fields, retry: Mapping[str, str]) -> Reply:
        if payload.get("crash"):
            raise RuntimeError("a defect")
        self.tasks.start(self.work(payload), "talk")
        return Reply(200, b"said")

    async def work(self, payload: Fields) -> None:
        if "twin" in payload and not await also(f"message:{payload['twin']}"):
            return
        if "long" in payload:
            lasts()
        await asyncio.sleep(self.takes)
        if self.broken:
            fail()
            return
        delivery = current()
        self.seen_again.append(bool(delivery and delivery.again))
        self.answers.append(f"{surface()} {payload.get('event_id') or payload.get('text')}")

    async def event(self, id: str = "Ev1", **more: Any) -> int:
        payload = {"type": "event_callback", "event_id": id, "event": {"type": "app_mention"}, **more}
        return (await self.deliveries(payload, {})).status


@pytest.fixture
def answers() -> list[str]:
    return []


@pytest.fixture
async def processes(database: str, tmp_path: Path, answers: list[str]) -> AsyncIterator[tuple[Process, Process]]:
    """Two processes on one database of each kind, with short leases."""
    stores = await open_store(database, tmp_path), await open_store(database, tmp_path)
    for store in stores:
        store.claims.lease = 0.4
    made = Process(stores[0], answers), Process(stores[1], answers)
    yield made
    for process, store in zip(made, stores, strict=True):
        await process.deliveries.drain(1)
        await store.close()


async def test_an_event_that_comes_many_times_to_many_processes_is_answered_once(
    processes: tuple[Process, Process], answers: list[str]
):
    for process in processes:
        process.takes = 0.1
    assert await asyncio.gather(*(p.event() for p in processes for _ in range(5))) == [200] * 10
    assert await processes[1].event() == 200
    assert answers == ["mention Ev1"]


async def test_two_events_about_one_message_are_answered_once(processes: tuple[Process, Process], answers: list[str]):
    found = await asyncio.gather(*(p.event(f"Ev{n}", twin="C1 1.2") for n, p in enumerate((*processes, *processes))))
    assert found == [200] * 4
    assert len(answers) == 1


async def test_commands_and_clicks_are_done_once(processes: tuple[Process, Process], answers: list[str]):
    command = slash("sC")
    click = {"type": "block_actions", "trigger_id": "1.2", "user": {"id": "U1"}, "actions": [{"action_id": "a"}]}
    for payload in (command, click):
        said = await asyncio.gather(*(processes[0].deliveries(payload, {}) for _ in range(3)))
        assert sorted(answer.body for answer in said) == [b"", b"", b"said"]
    assert (await processes[0].deliveries({**command, "text": "another question"}, {})).body == b"said"
    await asyncio.sleep(0.05)
    assert sorted(answers) == ["click None", "command another question", "command sC"]


async def test_processes_on_one_server_share_commands_too(postgres: str, tmp_path: Path, answers: list[str]):
    from tests.bot.conftest import fresh_database

    url = await fresh_database(postgres)
    stores = [await open_store(url, tmp_path) for _ in range(2)]
    command, both = slash("sC"), [Process(store, answers) for store in stores]
    said = await asyncio.gather(*(process.deliveries(command, {}) for process in both))
    assert sorted(answer.body for answer in said) == [b"", b"said"]
    for process, store in zip(both, stores, strict=True):
        await process.deliveries.drain(1)
        await store.close()


async def test_work_is_done_before_an_event_is_acked_and_the_claim_is_kept_meanwhile(
    processes: tuple[Process, Process], answers: list[str]
):
    processes[0].takes = 1.2
    first = asyncio.create_task(processes[0].event())
    await asyncio.sleep(0.8)
    assert answers == []
    assert await processes[1].event() == 200
    assert (await first, answers) == (200, ["mention Ev1"])


async def test_what_a_dead_process_left_is_taken_over(processes: tuple[Process, Process], answers: list[str]):
    dying, alive = processes
    dying.takes = 60
    under_way = asyncio.create_task(dying.event(twin="C1 1.2"))
    await asyncio.sleep(0.2)
    assert dying.deliveries._beating is not None
    dying.deliveries._beating.cancel()  # a dead process renews nothing
    started = time.monotonic()
    assert await alive.event(twin="C1 1.2") == 200
    assert time.monotonic() - started < 2
    assert (answers, alive.seen_again) == (["mention Ev1"], [True])
    under_way.cancel()
    await dying.tasks.drain(0)


async def test_a_message_that_a_dead_process_claimed_later_than_its_event_is_not_lost(
    processes: tuple[Process, Process], answers: list[str]
):
    dying, alive = processes
    assert dying.deliveries._claims is not None
    await dying.deliveries._claims.claim("e:Ev1")
    await asyncio.sleep(0.3)
    await dying.deliveries._claims.claim("message:C1 1.2")
    assert await alive.event(twin="C1 1.2") == 200
    assert answers == ["mention Ev1"]


async def test_an_event_whose_work_failed_for_a_while_comes_again(processes: tuple[Process, Process], answers: list[str]):
    one, other = processes
    one.broken = True
    assert await one.event() == 503
    one.broken = False
    assert await other.event() == 200
    assert await one.event() == 200
    assert (answers, other.seen_again) == (["mention Ev1"], [True])


async def test_a_defect_is_no_answer(processes: tuple[Process, Process], answers: list[str]):
    with pytest.raises(RuntimeError):
        await processes[0].event(crash=True)
    assert await processes[1].event() == 200
    assert answers == ["mention Ev1"]


async def test_slacks_patience_is_not_outlasted(
    processes: tuple[Process, Process], answers: list[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(once, "PATIENCE", 0.3)
    processes[0].takes = 0.8
    started = time.monotonic()
    assert await processes[0].event() == 503
    assert await processes[1].event() == 503
    assert time.monotonic() - started < 0.8
    await processes[0].deliveries.drain(2)
    assert await asyncio.gather(*(process.event() for process in processes)) == [200, 200]
    assert answers == ["mention Ev1"]


async def test_work_that_the_asker_knows_of_is_acked_before_it_ends(
    processes: tuple[Process, Process], answers: list[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(once, "PATIENCE", 0.3)
    processes[0].takes = 0.6
    assert await processes[0].event(long=True) == 200
    assert answers == []
    await processes[0].deliveries.drain(2)
    assert answers == ["mention Ev1"]


async def test_without_the_database_each_process_goes_on_by_itself(processes: tuple[Process, Process], answers: list[str]):
    async def away(*_: object) -> None:
        raise OSError

    processes[0].deliveries._claims._run = away  # type: ignore[union-attr, method-assign, assignment]
    assert await asyncio.gather(*(processes[0].event() for _ in range(3))) == [200] * 3
    assert answers == ["mention Ev1"]
    assert b"haflag_store_errors_total 2.0" in processes[0].deliveries.metrics.text()


async def test_what_was_answered_while_the_database_was_away_is_known_when_it_is_back(
    postgres: str, tmp_path: Path, answers: list[str]
):
    from tests.bot.conftest import fresh_database

    url = await fresh_database(postgres)
    stores = [await open_store(url, tmp_path) for _ in range(2)]
    one, other = (Process(store, answers) for store in stores)

    async def away(key: str) -> None:
        raise OSError

    stores[0].claims.claim = away  # type: ignore[method-assign, assignment]
    assert await one.event() == 200
    assert await other.event() == 200
    assert answers == ["mention Ev1"]
    for store in stores:
        await store.close()


def test_names_hold_no_content():
    view = {"type": "view_submission", "trigger_id": "1.2", "view": {"id": "V1", "private_metadata": "secret"}, "user": {}}
    for payload in (slash("my secret question"), view):
        kind, _, key = name(payload)
        assert kind in ("command", "interaction")
        assert key
        assert "secret" not in key
    assert name({"type": "block_suggestion", "trigger_id": "1.2"})[2] == ""
    assert name({"type": "event_callback", "event": {"type": "message"}}, "envelope")[2] == "e:envelope"
    assert name({"type": "url_verification"}) == ("other", "other", "")


async def test_a_database_that_is_back_soon_is_waited_for(
    postgres: str, tmp_path: Path, answers: list[str], monkeypatch: pytest.MonkeyPatch
):
    from tests.bot.conftest import fresh_database

    database = await fresh_database(postgres)
    stores = [await open_store(database, tmp_path) for _ in range(2)]
    for store in stores:
        real, failures = store.claims.claim, iter([OSError("restarting")] * 2)

        async def claim(key: str, real: Any = real, failures: Any = failures) -> Any:
            if failure := next(failures, None):
                raise failure
            return await real(key)

        monkeypatch.setattr(store.claims, "claim", claim)
    one, other = (Process(store, answers) for store in stores)
    assert await asyncio.gather(one.event(), other.event()) == [200, 200]
    assert answers == ["mention Ev1"]
    for store in stores:
        await store.close()
