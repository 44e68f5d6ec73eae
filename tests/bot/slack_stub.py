"""The few parts of Slack that the bot talks to, on loopback: Web API, response_url, Socket Mode. Records, checks nothing."""

import asyncio
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlencode

import aiohttp
from aiohttp import web

from bot.server import Server, listen

SECRET = "a-signing-secret-of-tests"
TEAM, USER = "T0TEST0001", "U0TEST0001"
Json = dict[str, Any]


class SlackStub:
    """`calls` are (method, arguments), `said` what came to the response_url, `scopes` what the token grants; `answers` replace a
    method's, HTML as a string."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, Json]] = []
        self.said: list[Json] = []
        self.answers: dict[str, tuple[int, Json | str]] = {}
        self.response_status = 200
        self.scopes = ""
        self.sockets: list[web.WebSocketResponse] = []
        self.acks: asyncio.Queue[Json] = asyncio.Queue()
        self.base = ""

    async def api(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        raw = await request.read()
        args = json.loads(raw) if request.content_type == "application/json" else dict(await request.post())
        self.calls.append((method, {k: _json(v) for k, v in {**request.query, **args}.items()}))
        known: dict[str, Json] = {
            "auth.test": {"team_id": TEAM, "user_id": "U0BOT00001", "bot_id": "B0BOT00001", "team": "test"},
            "users.info": {"user": {"id": USER, "locale": "en-US"}},
            "chat.postMessage": {"ts": f"1795500000.{len(self.calls):06d}", "channel": args.get("channel")},
            "views.open": {"view": {"id": "V1"}},
            "apps.connections.open": {"url": f"{self.base.replace('http', 'ws')}/link"},
        }
        status, answer = self.answers.get(method, (200, {"ok": True, **known.get(method, {})}))
        if isinstance(answer, str):
            return web.Response(text=answer, status=status, content_type="text/html")
        return web.json_response(answer, status=status, headers={"x-oauth-scopes": self.scopes} if self.scopes else None)

    async def response(self, request: web.Request) -> web.Response:
        self.said.append(await request.json())
        return web.Response(text="ok", status=self.response_status)

    async def link(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self.sockets.append(socket)
        await socket.send_json({"type": "hello", "num_connections": len(self.sockets)})
        async for message in socket:
            if message.type == aiohttp.WSMsgType.TEXT:
                await self.acks.put(json.loads(message.data))
        return socket

    async def envelope(self, kind: str, payload: Any, id: str = "e1") -> Json:
        """Sends one envelope through the newest socket; the ack."""
        out = {"envelope_id": id, "type": kind, "payload": payload, "accepts_response_payload": kind != "events_api"}
        await self.sockets[-1].send_json(out)
        return await asyncio.wait_for(self.acks.get(), 5)

    async def until(self, condition: Any, seconds: float = 5) -> None:
        """Waits for something that the bot does after its ack."""
        async with asyncio.timeout(seconds):
            while not condition():
                await asyncio.sleep(0.005)


def _json(value: Any) -> Any:
    try:
        return json.loads(value) if isinstance(value, str) and value[:1] in "[{" else value
    except ValueError:
        return value


@asynccontextmanager
async def running_stub() -> AsyncIterator[SlackStub]:
    stub = SlackStub()
    app = web.Application()
    app.router.add_route("*", "/api/{method}", stub.api)
    app.router.add_post("/response", stub.response)
    app.router.add_get("/link", stub.link)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    stub.base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield stub
    for socket in stub.sockets:
        await socket.close()
    await runner.cleanup()


@asynccontextmanager
async def serving(app: Any) -> AsyncIterator[str]:
    """The real server with an ASGI application on a free port; its base URL."""
    listening = listen("127.0.0.1", 0)
    server = Server(app)
    running = asyncio.create_task(server.serve(sockets=[listening]))
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.stop()
    await running


def signed(body: bytes, content_type: str, *, secret: str = SECRET, at: float | None = None) -> dict[str, str]:
    """Slack's headers for a body."""
    stamp = str(int(time.time() if at is None else at))
    digest = hmac.new(secret.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256).hexdigest()
    return {"Content-Type": content_type, "X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={digest}"}


def slash(text: str, **more: str) -> Json:
    form = {"command": "/haflag", "text": text, "team_id": TEAM, "user_id": USER, "channel_id": "C1"}
    return {**form, "trigger_id": secrets.token_hex(8), **more}


def form(payload: Mapping[str, Any]) -> bytes:
    """A body of Slack's form type: a slash command as fields, an interaction as `payload`."""
    return urlencode(payload if "command" in payload else {"payload": json.dumps(payload)}).encode()


FORM, JSON = "application/x-www-form-urlencoded", "application/json"
