"""What people do in Slack, sent to the real server as Slack sends it, signed; and what the bot then showed them."""

import json
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

from bot.app import OneWorkspace, build_app, http_session, web_client
from bot.once import Deliveries
from bot.server import asgi
from bot.settings import Secret, Settings
from bot.store import Store, open_store
from bot.tasks import Tasks
from knowledge import base as knowledge
from tests.bot.slack_stub import FORM, JSON, SECRET, TEAM, USER, Json, SlackStub, form, running_stub, serving, signed, slash

BOT = "U0BOT00001"
CHANNEL, DIRECT = "C0OPS00001", "D0TEST0001"
LINE = (
    "Nov 24 03:12:45 lb1 haproxy[812]: 192.0.2.7:51234 [24/Nov/2026:03:12:25.101] web app/srv1 0/0/-1/-1/20004 503 217 "
    "- - sC-- 12/12/3/1/3 0/0 \"GET /pay?card=4111 HTTP/1.1\""
)


class Talk:
    """A workspace with the bot in it. `posted`, `updated`, `windows`, `pages` and `told` are what people see."""

    def __init__(self, url: str, slack: SlackStub, tasks: Tasks, session: aiohttp.ClientSession, store: Store | None) -> None:
        self.url, self.slack, self.tasks, self.store = url, slack, tasks, store
        self._session = session
        self._sent = 0

    async def post(self, body: bytes, content_type: str = FORM) -> Any:
        async with self._session.post(f"{self.url}/slack/events", data=body, headers=signed(body, content_type)) as answer:
            assert answer.status == 200
            text = await answer.text()
        await self.slack.until(lambda: not len(self.tasks))
        return json.loads(text) if text.startswith("{") else text

    async def slash(self, text: str, **more: str) -> Json:
        """The message that the command's asker sees: the ack, or else what came to the response_url."""
        told = len(self.slack.said)
        answer = await self.post(form(slash(text, response_url=f"{self.slack.base}/response", **more)))
        return answer if isinstance(answer, dict) else self.slack.said[told] if len(self.slack.said) > told else {}

    def ts(self) -> str:
        self._sent += 1
        return f"1795499000.{self._sent:06d}"

    async def event(self, event: Json, event_id: str = "") -> None:
        body = {"type": "event_callback", "team_id": TEAM, "event": event, "event_id": event_id or f"Ev{secrets.token_hex(6)}"}
        await self.post(json.dumps(body).encode(), JSON)

    async def mention(self, text: str, *, thread: str = "", user: str = USER, **more: Any) -> str:
        """`@haflag text` in a channel; the message's ts."""
        ts = self.ts()
        event = {"type": "app_mention", "user": user, "text": f"<@{BOT}> {text}", "ts": ts, "channel": CHANNEL}
        await self.event(event | ({"thread_ts": thread} if thread else {}) | more)
        return ts

    async def direct(self, text: str, *, user: str = USER, **more: Any) -> str:
        """A direct message; its ts."""
        ts = self.ts()
        event = {"type": "message", "channel_type": "im", "user": user, "text": text, "ts": ts, "channel": DIRECT}
        await self.event(event | more)
        return ts

    async def interaction(self, kind: str, **more: Any) -> Any:
        payload = {"type": kind, "user": {"id": USER, "name": "alice"}, "team": {"id": TEAM}, "trigger_id": secrets.token_hex(6)}
        return await self.post(form(payload | more))

    async def press(self, element: Json, *, value: str = "", chosen: str = "", **place: Any) -> None:
        """A press of a button, or with `chosen` a choice of a menu; `place` says where, else in a message of the asker's own."""
        action = {"action_id": element["action_id"], "type": element["type"], "value": value or element.get("value")}
        if chosen:
            action = action | {"selected_option": {"value": chosen}}
        own = {
            "container": {"type": "message", "is_ephemeral": True, "channel_id": CHANNEL}, "channel": {"id": CHANNEL},
            "response_url": f"{self.slack.base}/response",
        }  # fmt: skip
        await self.interaction("block_actions", actions=[action], **(place or own))

    async def submit(self, view: Json, **values: str) -> Any:
        """A window sent with these fields; the ack."""
        state: Json = {}
        for field, value in values.items():
            picked = {"selected_option": {"value": value}} if field == "entry" else {"value": value}
            state[field] = {f"haflag:field:{field}": picked}
        return await self.interaction("view_submission", view={"id": "V1", **view, "state": {"values": state}})

    def called(self, method: str) -> list[Json]:
        return [args for name, args in self.slack.calls if name == method]

    @property
    def posted(self) -> list[Json]:
        return self.called("chat.postMessage")

    @property
    def updated(self) -> list[Json]:
        return self.called("chat.update")

    @property
    def windows(self) -> list[Json]:
        return [args["view"] for args in self.called("views.open")]

    @property
    def pages(self) -> list[Json]:
        return [args["view"] for args in self.called("views.publish")]

    @property
    def told(self) -> list[Json]:
        return self.slack.said

    def admin(self, yes: bool = True) -> None:
        """Makes everybody an admin."""
        self.slack.answers["users.info"] = (200, {"ok": True, "user": {"id": USER, "locale": "en-US", "is_admin": yes}})

    def refuse(self, method: str, error: str, **more: str) -> None:
        """Has Slack refuse a method from now on."""
        self.slack.answers[method] = (200, {"ok": False, "error": error, **more})


def title(message: Json) -> str:
    """What a message or window leads with."""
    first = message["blocks"][0]
    return str(first["text"]["text"]) if first["type"] == "header" else words(message)


def words(found: Any) -> str:
    """Every text in a structure of blocks."""
    if isinstance(found, dict):
        own = found.get("text")
        return " ".join([own if isinstance(own, str) else "", *(words(v) for v in found.values() if isinstance(v, dict | list))])
    return " ".join(words(item) for item in found) if isinstance(found, list) else ""


def find(found: Any, action: str) -> Json:
    """The first element whose action id starts with `haflag:action`. AssertionError where there is none."""
    for element in _elements(found):
        if str(element.get("action_id")).startswith(f"haflag:{action}:"):
            return element
    raise AssertionError(f"nothing with haflag:{action} on screen")


def _elements(found: Any) -> list[Json]:
    if isinstance(found, dict):
        below = [e for v in found.values() for e in _elements(v)]
        return [found, *below] if "action_id" in found else below
    return [e for item in found for e in _elements(item)] if isinstance(found, list) else []


@asynccontextmanager
async def talking(folder: Path | None, *, rate_limit: int = 0, scopes: str = "", **more: Any) -> AsyncIterator[Talk]:
    """The bot with a store in `folder` (None: nothing is kept) behind its server, beside a stub of Slack."""
    async with running_stub() as slack, http_session() as session:
        slack.scopes = scopes
        settings = Settings(
            bot_token=Secret("xoxb-1"), signing_secret=Secret(SECRET), api_url=f"{slack.base}/api/", rate_limit=rate_limit,
            **more,
        )  # fmt: skip
        store = await open_store(None, folder) if folder else None
        tasks = Tasks()
        client = web_client(settings, session)
        workspace = OneWorkspace("xoxb-1", client)
        await workspace.check()
        slack.calls.clear()
        app = build_app(settings, knowledge.load(), client=client, authorize=workspace, store=store, tasks=tasks)
        deliveries = Deliveries(app, store.claims if store else None)
        async with serving(asgi(settings, deliveries, checks={})) as url:
            yield Talk(url, slack, tasks, session, store)
            await tasks.drain(2)
            await deliveries.drain(2)
        if store:
            await store.close()
