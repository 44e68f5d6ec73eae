"""The guard, behind the real server: what gets through, what does not, and that nothing of a body is logged."""

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator, Mapping
from urllib.parse import parse_qsl

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_bolt.request.async_request import AsyncBoltRequest

from bot.guard import WINDOW, Guard, Reply
from bot.payload import MAX_FIELDS, Fields, PayloadError, _form, check, decode
from tests.bot.slack_stub import FORM, JSON, SECRET, form, serving, signed, slash

EVENT = json.dumps({"type": "event_callback", "team_id": "T1", "event_id": "Ev1", "event": {"type": "app_mention"}}).encode()


class Endpoint:
    """A running guard; `taken` is what it let through."""

    def __init__(self) -> None:
        self.taken: list[Fields] = []
        self.reply = Reply(200, b"ok", "text/plain")
        self.fail = False
        self.url = ""

    async def deliver(self, payload: Fields, retry: Mapping[str, str]) -> Reply:
        self.taken.append(payload | dict(retry))
        if self.fail:
            raise RuntimeError("secret content")
        return self.reply


async def _inner(scope, receive, send):
    await send({"type": "http.response.start", "status": 418, "headers": []})
    await send({"type": "http.response.body", "body": b"inner"})


@pytest.fixture
async def endpoint() -> AsyncIterator[Endpoint]:
    made = Endpoint()
    guard = Guard(_inner, path="/slack/events", signing_secret=SECRET, deliver=made.deliver, body_limit=10_000, body_seconds=0.3)
    async with serving(guard) as base:
        made.url = base + "/slack/events"
        yield made


async def post(endpoint: Endpoint, body: bytes, headers: dict[str, str], method: str = "POST") -> tuple[int, bytes]:
    async with aiohttp.ClientSession() as session, session.request(method, endpoint.url, data=body, headers=headers) as answer:
        return answer.status, await answer.read()


async def test_signed_requests_get_through(endpoint: Endpoint):
    assert await post(endpoint, EVENT, signed(EVENT, JSON + "; charset=utf-8")) == (200, b"ok")
    body = form(slash("sC — 后端"))
    assert (await post(endpoint, body, signed(body, FORM)))[0] == 200
    assert endpoint.taken[1]["text"] == "sC — 后端"


async def test_retries_are_told_apart(endpoint: Endpoint):
    await post(endpoint, EVENT, {**signed(EVENT, JSON), "X-Slack-Retry-Num": "1", "X-Slack-Retry-Reason": "http_timeout"})
    assert endpoint.taken[0]["x-slack-retry-num"] == "1"


async def test_other_paths_are_somebody_elses(endpoint: Endpoint):
    async with aiohttp.ClientSession() as session, session.get(endpoint.url + "/x") as answer:
        assert answer.status == 418


@pytest.mark.parametrize(
    ("status", "change"),
    [
        (401, {"X-Slack-Signature": None}),
        (401, {"X-Slack-Signature": ""}),
        (401, {"X-Slack-Signature": "v0=" + "0" * 64}),
        (401, {"X-Slack-Signature": "v1=" + "0" * 64}),
        (401, {"X-Slack-Signature": "v0=é"}),
        (401, {"X-Slack-Request-Timestamp": None}),
        (401, {"X-Slack-Request-Timestamp": "now"}),
        (401, {"X-Slack-Request-Timestamp": "9" * 40}),
        (415, {"Content-Type": "multipart/form-data"}),
        (415, {"Content-Type": None}),
    ],
)
async def test_what_is_not_signed_is_refused(endpoint: Endpoint, status: int, change: dict[str, str | None]):
    headers = {k: v for k, v in {**signed(EVENT, JSON), **change}.items() if v is not None}
    plain = aiohttp.ClientSession(skip_auto_headers=["Content-Type"])
    async with plain as session, session.post(endpoint.url, data=EVENT, headers=headers) as answer:
        assert (answer.status, await answer.read()) == (status, b"")
    assert not endpoint.taken


@pytest.mark.parametrize("off", [-WINDOW - 5, WINDOW + 5])
async def test_old_and_future_timestamps_are_refused(endpoint: Endpoint, off: int):
    assert (await post(endpoint, EVENT, signed(EVENT, JSON, at=time.time() + off)))[0] == 401


async def test_another_body_or_secret_is_refused(endpoint: Endpoint):
    assert (await post(endpoint, EVENT + b" ", signed(EVENT, JSON)))[0] == 401
    assert (await post(endpoint, EVENT, signed(EVENT, JSON, secret="somebody-elses-secret")))[0] == 401
    assert not endpoint.taken


async def test_methods(endpoint: Endpoint):
    for method in ("GET", "PUT", "DELETE"):
        assert (await post(endpoint, b"", {}, method))[0] == 405
    async with aiohttp.ClientSession() as session, session.get(endpoint.url + "?ssl_check=1") as answer:
        assert answer.status == 200


async def test_large_bodies_are_refused_declared_or_not(endpoint: Endpoint):
    body = form(slash("x" * 20_000))
    assert (await post(endpoint, body, signed(body, FORM)))[0] == 413

    async def chunks() -> AsyncIterator[bytes]:
        for n in range(0, len(body), 1000):
            yield body[n : n + 1000]

    headers = signed(body, FORM)
    async with aiohttp.ClientSession() as session, session.post(endpoint.url, data=chunks(), headers=headers) as answer:
        assert answer.status == 413


async def test_a_body_that_does_not_arrive_times_out(endpoint: Endpoint):
    host, port = endpoint.url.split("/")[2].split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    head = "".join(f"{k}: {v}\r\n" for k, v in {**signed(EVENT, JSON), "Content-Length": "500", "Host": "x"}.items())
    writer.write(f"POST /slack/events HTTP/1.1\r\n{head}\r\n{{".encode())
    answer = await asyncio.wait_for(reader.read(), 5)
    assert answer.startswith(b"HTTP/1.1 408")
    writer.close()


async def test_a_copy_is_answered_once(endpoint: Endpoint):
    headers = signed(EVENT, JSON)
    assert await post(endpoint, EVENT, headers) == (200, b"ok")
    assert await post(endpoint, EVENT, headers) == (200, b"")
    assert len(endpoint.taken) == 1


async def test_an_attempt_that_failed_may_come_again(endpoint: Endpoint):
    headers = signed(EVENT, JSON)
    endpoint.fail = True
    assert await post(endpoint, EVENT, headers) == (500, b"")
    endpoint.fail = False
    assert await post(endpoint, EVENT, headers) == (200, b"ok")


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        (JSON, b""), (JSON, b"{"), (JSON, b"[1]"), (JSON, b"null"), (JSON, b"7"), (JSON, b"\xff"), (JSON, b'{"type":"zzz"}'),
        (JSON, b'{"type":"event_callback"}'), (JSON, b'{"type":"event_callback","event":"x"}'),
        (JSON, b'{"type":"url_verification"}'),
        (JSON, b'{"type":"event_callback","event":{"type":"message"},"authorizations":"x"}'), (JSON, b"[" * 5000 + b"]" * 5000),
        (JSON, b'{"type":"event_callback","event":{"type":"message","text":"\\ud800"}}'),
        (FORM, b""), (FORM, b"payload=%7Bnope"), (FORM, b"payload=%5B1%5D"), (FORM, b"command=%2Fhaflag&text=%ff%fe"),
        (FORM, b"command=haflag&team_id=T&user_id=U"), (FORM, b"command=%2Fhaflag"), (FORM, b"a=1&" * 200 + b"a=1"),
        (FORM, b"payload=" + json.dumps({"type": "block_actions", "user": {"id": "U"}, "actions": []}).encode()),
        (FORM, b"payload=" + json.dumps({"type": "block_actions", "user": "U", "actions": [{}]}).encode()),
        (FORM, b"payload=" + json.dumps({"type": "view_submission", "user": {"id": "U"}}).encode()),
        (FORM, b"payload=" + json.dumps({"type": "shortcut", "callback_id": "c", "user": {"id": "U\0"}}).encode()),
        (FORM, b"payload=" + json.dumps(
            {"type": "block_actions", "user": {"id": "U"}, "actions": [{"action_id": "a", "selected_option": ["x"]}]}).encode()),
        (FORM, b"payload=" + json.dumps({"type": "view_submission", "user": {"id": "U"}, "view": {
            "type": "modal", "state": {"values": {"log": {"field": {"selected_option": "sC"}}}}}}).encode()),
        (FORM, b"command=%2Fhaflag&team_id=T%00&user_id=U"), (FORM, b"command=%2Fhaflag&team_id=T&user_id=%F0%9F%92%A5"),
        (JSON, b'{"command":"/haflag","team_id":"T","user_id":"U","enterprise_id":{}}'),
        (JSON, b'{"type":"event_callback","team_id":"T\\u0000","event":{"type":"message"}}'),
        (JSON, b'{"type":"event_callback","event":{"type":"message","channel":"C\\u0000"}}'),
        (JSON, b'{"type":"event_callback","event":{"type":"function_executed","function":{"callback_id":"c"}}}'),
        (JSON, b'{"type":"event_callback","event":{"type":"function_executed","function_execution_id":"F","inputs":{}}}'),
        (FORM, b"payload=" + json.dumps({"type": "shortcut", "user": {"id": "U"}}).encode()),
    ],
)  # fmt: skip
async def test_what_is_no_payload_is_refused_though_signed(endpoint: Endpoint, content_type: str, body: bytes):
    assert await post(endpoint, body, signed(body, content_type)) == (400, b"")
    assert not endpoint.taken


async def test_a_check_of_the_certificate_is_nothing_else(endpoint: Endpoint):
    body = form(slash("sC") | {"ssl_check": "1"})
    assert (await post(endpoint, body, signed(body, FORM)))[0] == 200
    assert endpoint.taken == [{"ssl_check": "1"}]


async def test_nothing_of_a_body_is_logged(endpoint: Endpoint, caplog: pytest.LogCaptureFixture):
    from bot.logs import JsonFormatter

    caplog.set_level(logging.DEBUG)
    marker = "Sup3rSecretText"
    endpoint.fail = True
    for body, headers in (
        (form(slash(marker)), {}),
        (json.dumps({"type": marker}).encode(), {"Content-Type": JSON}),
        (form({"type": marker}), {"X-Slack-Signature": "v0=" + "0" * 64}),
    ):
        await post(endpoint, body, {**signed(body, headers.get("Content-Type", FORM)), **headers})
    lines = [JsonFormatter().format(record) for record in caplog.records]
    assert any("request refused" in line for line in lines)
    assert any("request failed" in line for line in lines)
    assert not any(marker in line or "secret content" in line for line in lines)


@given(st.binary(max_size=300))
def test_any_bytes_are_a_payload_or_an_error(body: bytes):
    for content_type in (JSON, FORM):
        try:
            payload = decode(content_type, body)
        except PayloadError:
            continue
        assert isinstance(payload, dict)


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@given(
    st.fixed_dictionaries(
        {"type": st.sampled_from(["event_callback", "block_actions", "view_submission", "shortcut", "message_action", 7])},
        optional=dict.fromkeys(("event", "user", "team", "actions", "view", "callback_id", "command", "channel"), _VALUES),
    )
)
def test_any_shape_is_an_error_or_one_that_bolt_takes(payload: Fields):
    try:
        check(payload)
    except PayloadError:
        return
    assert AsyncBoltRequest(body=payload, headers={}, mode="socket_mode").body == payload


@given(st.text("ab=&+%2F0cé中\x00", max_size=60) | st.text())
def test_a_form_is_read_as_the_standard_library_reads_it(body: str):
    try:
        expected = dict(parse_qsl(body, keep_blank_values=True, errors="strict", max_num_fields=MAX_FIELDS))
    except ValueError:
        with pytest.raises(ValueError, match=r"."):
            _form(body)
    else:
        assert _form(body) == expected
