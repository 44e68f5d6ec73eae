"""The playground without a browser: who may use it, what its Web API answers, which payloads reach the bot's endpoint."""

import asyncio
import json
from collections.abc import AsyncIterator

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot import payload
from bot.playground.delivery import Delivery
from bot.playground.routes import MAX_FILE, routes
from bot.playground.start import prepare
from bot.playground.workspace import CHANNEL, DIRECT, Json, Workspace
from bot.settings import Settings, SettingsError, read
from tests.bot.serving import serving

SECRET, TOKEN = "a-secret-of-the-playground", "xoxb-playground-1"
ALICE = "U0EN000001"
MODAL = {"type": "modal", "title": {"type": "plain_text", "text": "sC"}, "blocks": [], "notify_on_close": True}


class Stage:
    """The stand-in on a real port with an endpoint in the bot's place that keeps what it is sent and answers `reply`."""

    def __init__(self) -> None:
        self.received: list[Json] = []
        self.reply: Json = {}
        self.base = ""

    async def endpoint(self, request: Request) -> Response:
        body, verifier = await request.body(), SignatureVerifier(SECRET)
        assert verifier.is_valid_request(body, dict(request.headers))
        self.received.append(payload.decode(request.headers["content-type"], body))
        return JSONResponse(self.reply) if self.reply else Response()

    async def act(self, **body: object) -> Json:
        async with self.session.post(f"{self.base}/playground/act", json={"user": ALICE, **body}) as response:
            assert response.status == 200
            return await response.json()


    async def status(self, method: str, path: str, **sent: object) -> int:
        async with self.session.request(method, self.base + path, **sent) as response:
            return response.status


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    stage, stop = Stage(), asyncio.Event()

    def application(base: str) -> Starlette:
        stage.base, stage.workspace = base, Workspace(base)
        delivery = Delivery(stage.workspace, f"{base}/slack/events", SECRET, stage.session)
        endpoint = Route("/slack/events", stage.endpoint, methods=["POST"])
        return Starlette(routes=[endpoint, *routes(stage.workspace, delivery, TOKEN, stop)])

    async with aiohttp.ClientSession() as stage.session, serving(application) as base:
        stage.client = AsyncWebClient(TOKEN, base_url=f"{base}/playground/api/", session=stage.session)
        yield stage
        stop.set()


@pytest.mark.parametrize("path", ["/", "/playground/state", "/playground/events"])
async def test_a_foreign_name_for_this_machine_is_refused(stage: Stage, path: str):
    assert await stage.status("GET", path, headers={"Host": "rebound.example.com"}) == 403


@pytest.mark.parametrize("headers", [
    {"Host": "rebound.example.com"}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"},
    {"Origin": "https://www.example.com"}, {"Origin": "http://127.0.0.1:4000"}, {"Origin": "null"},
])  # fmt: skip
@pytest.mark.parametrize("path", ["/playground/act", "/playground/upload?name=x.log"])
async def test_a_post_from_another_site_is_refused(stage: Stage, path: str, headers: dict[str, str]):
    assert await stage.status("POST", path, headers=headers, json={"do": "clear", "user": ALICE}) == 403


async def test_its_own_page_is_served_and_heard(stage: Stage):
    async with stage.session.get(f"{stage.base}/") as page:
        policy = page.headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    own = {"Origin": stage.base, "Sec-Fetch-Site": "same-origin"}
    assert await stage.status("POST", "/playground/act", headers=own, json={"do": "clear", "user": ALICE}) == 200
    assert await stage.status("GET", "/", headers={"Host": "localhost:3000"}) == 200


@pytest.mark.parametrize("body", [
    {"do": "fly", "user": ALICE}, {"do": "clear", "user": "U0"}, [], {"do": "message", "user": ALICE, "channel": "C0"},
])  # fmt: skip
async def test_what_the_page_never_sends_is_refused(stage: Stage, body: object):
    assert await stage.status("POST", "/playground/act", json=body) == 400
    plain = {"Content-Type": "text/plain"}
    assert await stage.status("POST", "/playground/act", data=json.dumps(body), headers=plain) == 415
    assert stage.received == []


async def test_a_file_has_a_limit(stage: Stage):
    too_much = b"x" * (MAX_FILE + 1)
    assert await stage.status("POST", "/playground/upload?name=x", data=too_much, headers={"Expect": ""}) == 413


def test_the_playground_binds_to_loopback_only():
    made_up, _ = prepare(Settings(port=3123))
    assert (made_up.bind, made_up.api_url) == ("127.0.0.1", "http://127.0.0.1:3123/playground/api/")
    assert prepare(Settings(host="::1"))[0].public_url == "http://[::1]:3000"
    with pytest.raises(SettingsError, match="loopback"):
        read({"HAFLAG_HOST": "0.0.0.0"})


async def test_the_web_api_wants_the_bots_token(stage: Stage):
    assert (await stage.client.auth_test())["bot_id"]
    with pytest.raises(SlackApiError, match="invalid_auth"):
        await stage.client.chat_postMessage(token="xoxb-other", channel=CHANNEL, text="forged")
    assert stage.workspace.messages == []


async def test_messages_are_posted_changed_and_taken_away(stage: Stage):
    posted = await stage.client.chat_postMessage(channel=CHANNEL, text="one", blocks=[{"type": "divider"}])
    await stage.client.chat_update(channel=CHANNEL, ts=posted["ts"], text="two")
    assert [(m["text"], m["blocks"]) for m in stage.workspace.messages] == [("two", [])]
    await stage.client.chat_postEphemeral(channel=CHANNEL, user=ALICE, text="psst", thread_ts=posted["ts"])
    assert stage.workspace.messages[-1]["only"] == ALICE
    replies = await stage.client.conversations_replies(channel=CHANNEL, ts=posted["ts"])
    assert [m["text"] for m in replies["messages"]] == ["two"], "an ephemeral message is in no history"
    await stage.client.chat_delete(channel=CHANNEL, ts=posted["ts"])
    with pytest.raises(SlackApiError, match="message_not_found"):
        await stage.client.chat_update(channel=CHANNEL, ts=posted["ts"], text="three")
    with pytest.raises(SlackApiError, match="channel_not_found"):
        await stage.client.chat_postMessage(channel="C0NOWHERE", text="x")
    with pytest.raises(SlackApiError, match="unknown_method"):
        await stage.client.reactions_add(channel=CHANNEL, name="eyes", timestamp="1.1")


async def test_a_slash_command_arrives_signed_and_its_ack_is_shown_to_the_asker(stage: Stage):
    stage.reply = {"response_type": "ephemeral", "text": "sC …"}
    done = await stage.act(do="slash", channel=CHANNEL, text="/haflag sC <b> & more")
    assert (stage.received[0]["command"], stage.received[0]["text"]) == ("/haflag", "sC <b> & more")
    [shown] = done["state"]["messages"]
    assert (shown["only"], shown["text"]) == (ALICE, "sC …")


async def test_only_mentions_and_direct_messages_reach_the_bot(stage: Stage):
    await stage.act(do="message", channel=CHANNEL, text="nobody is asked")
    await stage.act(do="message", channel=CHANNEL, text="@haflag what is <NOSRV> at http://example.com/a?", thread="1.000001")
    file = stage.workspace.add_file("haproxy.log", b"a line")
    await stage.act(do="message", channel=DIRECT, text="", files=[file])
    mention, direct = (r["event"] for r in stage.received)
    assert mention["type"] == "app_mention"
    assert mention["thread_ts"] == "1.000001"
    assert mention["text"] == "<@U0HAFLAG01> what is &lt;NOSRV&gt; at <http://example.com/a?>"
    assert (direct["channel_type"], direct["subtype"], direct["files"][0]["name"]) == ("im", "file_share", "haproxy.log")


async def test_a_file_is_fetched_with_the_token_only(stage: Stage):
    file = stage.workspace.add_file("haproxy.log", b"a line")
    assert "content" not in (await stage.client.files_info(file=file["id"]))["file"]
    async with stage.session.get(file["url_private"], headers={"Authorization": f"Bearer {TOKEN}"}) as response:
        assert await response.read() == b"a line"
    async with stage.session.get(file["url_private"]) as response:
        assert (response.status, response.content_type) == (200, "text/html"), "Slack shows a page to sign in"


async def test_a_picture_of_the_bot_is_shown_to_the_page(stage: Stage):
    png = b"\x89PNG\r\n\x1a\n..."
    await stage.client.files_upload_v2(channel=CHANNEL, file=png, filename="chart.png", title="Chart")
    [file] = stage.workspace.messages[-1]["files"]
    assert file["title"] == "Chart"
    async with stage.session.get(f"{stage.base}/playground/pictures/{file['id']}") as response:
        assert (response.content_type, await response.read()) == ("image/png", png)
    log = stage.workspace.add_file("x.log", b"<script>")
    assert await stage.status("GET", f"/playground/pictures/{log['id']}") == 404


async def test_the_tokens_scopes_are_the_manifests(stage: Stage):
    stage.workspace.scopes = ["commands", "files:read"]
    assert (await stage.client.auth_test()).headers["x-oauth-scopes"] == "commands,files:read"


async def test_a_click_carries_its_message_and_a_response_url_that_lasts_five_times(stage: Stage):
    ts = (await stage.client.chat_postEphemeral(channel=CHANNEL, user=ALICE, text="old"))["message_ts"]
    action = {"type": "button", "action_id": "haflag:language:0", "block_id": "b", "value": "zh sC"}
    await stage.act(do="click", ts=ts, action=action)
    [click] = stage.received
    assert click["container"]["is_ephemeral"] is True
    assert (click["message"]["ts"], click["actions"][0]["value"]) == (ts, "zh sC")
    url = click["response_url"]
    for text in "abcde":
        async with stage.session.post(url, json={"text": text, "replace_original": True}) as response:
            assert response.status == 200
    assert [m["text"] for m in stage.workspace.messages] == ["e"]
    async with stage.session.post(url, json={"text": "f"}) as response:
        assert response.status == 404


async def test_a_window_opens_once_per_trigger_and_comes_back_on_submit_and_close(stage: Stage):
    await stage.act(do="shortcut", callback_id="ask")
    trigger = stage.received[0]["trigger_id"]
    window = (await stage.client.views_open(trigger_id=trigger, view=MODAL))["view"]
    with pytest.raises(SlackApiError, match="expired_trigger_id"):
        await stage.client.views_open(trigger_id=trigger, view=MODAL)
    await stage.client.views_update(view_id=window["id"], hash=window["hash"], view={**MODAL, "callback_id": "second"})
    with pytest.raises(SlackApiError, match="hash_conflict"):
        await stage.client.views_update(view_id=window["id"], hash=window["hash"], view=MODAL)
    values = {"question": {"text": {"type": "plain_text_input", "value": "sC"}}}
    stage.reply = {"response_action": "errors", "errors": {"question": "no"}}
    done = await stage.act(do="submit", view=window["id"], values=values)
    assert done["answer"]["errors"] == {"question": "no"}
    assert stage.received[-1]["view"]["state"]["values"] == values
    stage.reply = {"response_action": "push", "view": MODAL}
    done = await stage.act(do="submit", view=window["id"], values=values)
    [_, pushed] = done["state"]["windows"][ALICE]
    stage.reply = {}
    await stage.act(do="close", view=pushed["id"])
    assert stage.received[-1]["type"] == "view_closed"
    done = await stage.act(do="submit", view=window["id"], values=values)
    assert done["state"]["windows"][ALICE] == []


async def test_the_message_shortcut_and_the_app_home(stage: Stage):
    ts = (await stage.client.chat_postMessage(channel=CHANNEL, text="a line"))["ts"]
    await stage.act(do="shortcut", callback_id="explain", ts=ts)
    assert (stage.received[-1]["type"], stage.received[-1]["message"]["text"]) == ("message_action", "a line")
    await stage.act(do="home", tab="home")
    assert (stage.received[-1]["event"]["type"], stage.received[-1]["event"]["tab"]) == ("app_home_opened", "home")
    await stage.client.views_publish(user_id=ALICE, view={"type": "home", "blocks": [{"type": "divider"}]})
    home = stage.workspace.snapshot()["home"][ALICE]
    await stage.act(do="click", view=home["id"], action={"type": "button", "action_id": "a", "block_id": "b"})
    assert stage.received[-1]["view"]["id"] == home["id"]


async def test_a_bot_that_does_not_answer_is_reported(stage: Stage):
    nobody = Delivery(stage.workspace, "http://127.0.0.1:9/", SECRET, stage.session)
    assert await nobody.slash(ALICE, CHANNEL, "/haflag sC") == (502, {})
    assert stage.workspace.messages == []


async def test_an_open_event_stream_tells_of_changes_and_ends_with_the_server(stage: Stage):
    async with stage.session.get(f"{stage.base}/playground/events") as stream:
        assert await stream.content.readuntil(b"data: 0\n")
        stage.workspace.say(CHANNEL, {"text": "news"})
        assert await stream.content.readuntil(b"data: 1\n")
