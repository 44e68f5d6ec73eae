"""Socket Mode against a real WebSocket: answers travel with the ack, everything is acked, lost and deaf sockets come back."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.app import OneWorkspace, build_app, http_session, web_client
from bot.once import Deliveries
from bot.reply import Reply
from bot.settings import Settings
from bot.socket_mode import SocketMode
from knowledge import base as knowledge
from tests.bot.slack_stub import TEAM, USER, SlackStub, running_stub, slash


class Connected:
    def __init__(self, slack: SlackStub, mode: SocketMode) -> None:
        self.slack, self.mode = slack, mode


@pytest.fixture
async def socket() -> AsyncIterator[Connected]:
    async with running_stub() as slack, http_session() as session:
        settings = Settings(api_url=f"{slack.base}/api/")
        client = web_client(settings, session)
        app = build_app(settings, knowledge.load(), client=client, authorize=OneWorkspace("xoxb-1", client))
        mode = SocketMode(Deliveries(app), client, "xapp-1", ping=0.1, deaf=0.4)
        await mode.check()
        await mode.start()
        await slack.until(lambda: slack.sockets)
        yield Connected(slack, mode)
        await mode.stop()
        assert not await mode.connected()


async def test_a_command_is_answered_with_its_ack(socket: Connected):
    ack = await socket.slack.envelope("slash_commands", slash("sC"), "e7")
    assert ack["envelope_id"] == "e7"
    assert ack["payload"]["text"].startswith("sC — ")
    assert ack["payload"]["response_type"] == "ephemeral"


async def test_every_envelope_is_acked(socket: Connected):
    event = {"type": "event_callback", "team_id": TEAM, "event": {"type": "a_type_of_2030", "user": USER}}
    view = {"type": "view_submission", "user": {"id": USER}, "team": {"id": TEAM}, "view": {"type": "modal", "callback_id": "x"}}
    for kind, payload in (
        ("events_api", event), ("interactive", view), ("interactive", {"type": "x"}), ("events_api", {"event": "odd"}),
        ("slash_commands", "odd"), ("interactive", {"type": "block_actions", "user": {"id": USER}, "actions": []}),
    ):  # fmt: skip
        assert (await socket.slack.envelope(kind, payload))["envelope_id"] == "e1"


async def test_many_at_once_get_each_its_own_ack(socket: Connected):
    for n in range(50):
        envelope = {"envelope_id": f"n{n}", "type": "slash_commands", "payload": slash("cD"), "accepts_response_payload": True}
        await socket.slack.sockets[-1].send_json(envelope)
    acks = [await asyncio.wait_for(socket.slack.acks.get(), 5) for _ in range(50)]
    assert {ack["envelope_id"] for ack in acks} == {f"n{n}" for n in range(50)}


@pytest.mark.parametrize("reason", ["refresh_requested", "link_disabled"])
async def test_a_requested_refresh_opens_a_new_connection(socket: Connected, reason: str):
    await socket.slack.sockets[0].send_json({"type": "disconnect", "reason": reason})
    await socket.slack.until(lambda: len(socket.slack.sockets) == 2)
    assert (await socket.slack.envelope("slash_commands", slash("sC")))["payload"]["text"].startswith("sC — ")


async def test_what_is_under_way_is_acked_before_the_old_connection_ends(socket: Connected):
    old = socket.mode._client
    assert old is not None
    old.busy += 1
    await socket.slack.sockets[0].send_json({"type": "disconnect", "reason": "warning"})
    await socket.slack.until(lambda: len(socket.slack.sockets) == 2)
    assert not socket.slack.sockets[0].closed
    old.busy -= 1
    await socket.slack.until(lambda: socket.slack.sockets[0].closed)
    assert socket.mode._client is not old
    assert (await socket.slack.envelope("slash_commands", slash("sC")))["payload"]["text"].startswith("sC — ")


async def test_with_too_many_connections_the_old_one_goes_first(socket: Connected):
    await socket.slack.sockets[0].send_json({"type": "disconnect", "reason": "too_many_websockets"})
    await socket.slack.until(lambda: socket.slack.sockets[0].closed)
    await socket.slack.until(lambda: len(socket.slack.sockets) == 2)
    assert (await socket.slack.envelope("slash_commands", slash("sC")))["payload"]["text"].startswith("sC — ")


async def test_an_event_that_should_come_again_is_not_acked(socket: Connected, monkeypatch: pytest.MonkeyPatch):
    async def busy(*_: object) -> Reply:
        return Reply(503)

    monkeypatch.setattr(socket.mode, "_deliveries", busy)
    event = {"type": "event_callback", "event_id": "Ev1", "event": {"type": "app_mention", "user": USER}}
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(socket.slack.envelope("events_api", event), 0.3)


async def test_a_lost_connection_comes_back(socket: Connected):
    await socket.slack.sockets[0].close()
    await socket.slack.until(lambda: len(socket.slack.sockets) >= 2)
    assert (await socket.slack.envelope("slash_commands", slash("sC")))["payload"]["text"].startswith("sC — ")


async def test_the_watchdog_replaces_a_connection_that_cannot_help_itself(socket: Connected):
    client = socket.mode._client
    assert client is not None
    client.auto_reconnect_enabled = client.default_auto_reconnect_enabled = False
    assert client.current_session_monitor is not None
    client.current_session_monitor.cancel()
    await socket.slack.sockets[0].close()
    await socket.slack.until(lambda: socket.mode.replaced and len(socket.slack.sockets) >= 2)
    assert (await socket.slack.envelope("slash_commands", slash("sC")))["payload"]["text"].startswith("sC — ")
    async with asyncio.timeout(5):
        while not await socket.mode.connected():
            await asyncio.sleep(0.01)


async def test_while_it_stops_what_is_under_way_is_acked_and_new_events_are_left_to_others(socket: Connected):
    client = socket.mode._client
    assert client is not None
    client.busy += 1
    stopping = asyncio.create_task(socket.mode.stop())
    await asyncio.sleep(0)
    event = {"type": "event_callback", "event_id": "Ev1", "event": {"type": "app_home_opened", "user": USER}}
    envelope = {"envelope_id": "e0", "type": "events_api", "payload": event, "accepts_response_payload": False}
    await socket.slack.sockets[-1].send_json(envelope)
    assert (await socket.slack.envelope("slash_commands", slash("sC"), "e2"))["envelope_id"] == "e2"
    assert not stopping.done()
    client.busy -= 1
    await stopping
    assert socket.slack.acks.empty()
