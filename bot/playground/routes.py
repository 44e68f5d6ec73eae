"""The playground's HTTP routes: the page, what is done on it, the stand-in's Web API. For this machine's own browser only."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import wraps
from importlib.resources import files
from ipaddress import ip_address
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from bot.playground.delivery import Delivery, Outcome
from bot.playground.web_api import call
from bot.playground.workspace import CHANNEL, CHANNELS, USERS, ApiError, Json, Workspace

_STATIC = files("bot.playground") / "static"
_TYPES = {"js": "text/javascript", "css": "text/css", "svg": "image/svg+xml"}
POLICY = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}
MAX_FILE = 5_000_000
MAX_TEXT = 20_000

Handler = Callable[[Request], Awaitable[Response]]


def is_local(request: Request) -> bool:
    """True where this machine was asked by a loopback name: a foreign site that resolves here (DNS rebinding) is not."""
    host = (request.url.hostname or "").strip("[]")
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def is_own_page(request: Request) -> bool:
    """True unless the browser says that another site's page made it send this."""
    if request.headers.get("sec-fetch-site", "none") not in ("same-origin", "none"):
        return False
    return request.headers.get("origin") in (None, f"{request.url.scheme}://{request.url.netloc}")


def page_only(handler: Handler) -> Handler:
    """Refuses what does not come from the playground's own page."""

    @wraps(handler)
    async def guarded(request: Request) -> Response:
        if not is_local(request) or not is_own_page(request):
            return PlainTextResponse("The playground answers its own page on this machine only.\n", 403)
        return await handler(request)

    return guarded


def routes(workspace: Workspace, delivery: Delivery, token: str, stop: asyncio.Event) -> list[Route]:
    """All routes of the playground; `token` is the bot token that the Web API expects, `stop` ends open event streams."""

    async def page(request: Request) -> Response:
        if not is_local(request):
            return PlainTextResponse("The playground is for this machine only.\n", 403)
        return HTMLResponse((_STATIC / "index.html").read_text("utf-8"), headers=POLICY)

    async def asset(request: Request) -> Response:
        name = request.path_params["name"]
        kind = _TYPES.get(name.rpartition(".")[2])
        if kind is None or name not in {file.name for file in _STATIC.iterdir()}:
            return PlainTextResponse("Not found\n", 404)
        return FileResponse(str(_STATIC / name), media_type=kind, headers=POLICY)

    @page_only
    async def state(request: Request) -> Response:
        return JSONResponse(workspace.snapshot())

    @page_only
    async def events(request: Request) -> Response:
        async def stream() -> AsyncIterator[bytes]:
            version = -1
            yield b"retry: 1000\n\n"
            while not stop.is_set():
                seen, version = version, await workspace.changed(version, 1.0)
                if version != seen:
                    yield f"data: {version}\n\n".encode()

        return StreamingResponse(stream(), media_type="text/event-stream", headers={"Cache-Control": "no-store"})

    @page_only
    async def act(request: Request) -> Response:
        if request.headers.get("content-type", "").split(";")[0] != "application/json":
            return JSONResponse({"error": "JSON is expected"}, 415)
        try:
            asked = await request.json()
        except ValueError:
            asked = None
        if not isinstance(asked, dict) or asked.get("user") not in USERS or asked.get("channel", CHANNEL) not in CHANNELS:
            return JSONResponse({"error": "a known user and channel are expected"}, 400)
        outcome = _doing(delivery, asked)
        if outcome is None:
            return JSONResponse({"error": "unknown action"}, 400)
        status, answer = await outcome
        return JSONResponse({"status": status, "answer": answer, "state": workspace.snapshot()})

    @page_only
    async def upload(request: Request) -> Response:
        if int(request.headers.get("content-length", MAX_FILE + 1)) > MAX_FILE:
            return JSONResponse({"error": f"at most {MAX_FILE // 1_000_000} MB in the playground"}, 413)
        return JSONResponse(workspace.add_file(request.query_params.get("name", "file.log")[:200], await request.body()))

    def authorised(request: Request) -> bool:
        return request.headers.get("authorization") == f"Bearer {token}"

    async def file(request: Request) -> Response:
        held = workspace.files.get(request.path_params["id"])
        if held is None or not authorised(request):
            # Slack's own way: a page to sign in, with status 200.
            return HTMLResponse("<!DOCTYPE html><title>Sign in</title>")
        return Response(held["content"], media_type="text/plain")

    @page_only
    async def picture(request: Request) -> Response:
        held = workspace.files.get(request.path_params["id"])
        if held is None or held["mimetype"] != "image/png":
            return PlainTextResponse("Not found\n", 404)
        return Response(held["content"], media_type="image/png", headers=POLICY)

    async def sent_file(request: Request) -> Response:
        held = workspace.uploads.get(request.path_params["key"])
        if held is None or int(request.headers.get("content-length", MAX_FILE + 1)) > MAX_FILE:
            return PlainTextResponse("not expected\n", 404)
        held["content"] = await request.body()
        return PlainTextResponse(f"OK - {len(held['content'])}")

    async def web_api(request: Request) -> Response:
        if request.headers.get("content-type", "").startswith("application/json"):
            args = await request.json()
        else:
            args = {k: _maybe_json(v) for k, v in parse_qsl((await request.body()).decode(), keep_blank_values=True)}
        args = {**{k: _maybe_json(v) for k, v in request.query_params.items()}, **args}
        if not authorised(request):
            return JSONResponse({"ok": False, "error": "invalid_auth"})
        try:
            answer = call(workspace, request.path_params["method"], args)
        except ApiError as error:
            answer = {"ok": False, "error": str(error)}
        return JSONResponse(answer, headers={"x-oauth-scopes": ",".join(workspace.scopes)})

    async def response(request: Request) -> Response:
        try:
            workspace.respond(request.path_params["token"], await request.json())
        except ApiError as error:
            return JSONResponse({"ok": False, "error": str(error)}, 404)
        return PlainTextResponse("ok")

    return [
        Route("/", page),
        Route("/playground/static/{name}", asset),
        Route("/playground/state", state),
        Route("/playground/events", events),
        Route("/playground/act", act, methods=["POST"]),
        Route("/playground/upload", upload, methods=["POST"]),
        Route("/playground/files/{id}", file),
        Route("/playground/pictures/{id}", picture),
        Route("/playground/uploads/{key}", sent_file, methods=["POST"]),
        Route("/playground/response/{token}", response, methods=["POST"]),
        Route("/playground/api/{method}", web_api, methods=["GET", "POST"]),
    ]


def _doing(delivery: Delivery, asked: Json) -> Awaitable[Outcome] | None:
    """What the page asks for, under way; None for something that nobody can do here."""
    user, channel = str(asked["user"]), str(asked.get("channel", CHANNEL))
    ts, view, text = str(asked.get("ts", "")), str(asked.get("view", "")), str(asked.get("text", ""))[:MAX_TEXT]
    match asked.get("do"):
        case "slash":
            return delivery.slash(user, channel, text)
        case "message":
            return delivery.message(user, channel, text, str(asked.get("thread", "")), list(asked.get("files", [])))
        case "click":
            return delivery.click(user, ts, view, dict(asked.get("action", {})), dict(asked.get("values", {})))
        case "submit":
            return delivery.submit(user, view, dict(asked.get("values", {})))
        case "close":
            return delivery.close(user, view)
        case "suggest":
            return delivery.suggest(user, view, str(asked.get("action_id")), str(asked.get("block_id")), text)
        case "shortcut":
            return delivery.shortcut(user, str(asked.get("callback_id")), ts)
        case "home":
            return delivery.home(user, str(asked.get("tab", "home")))
        case "clear":
            return delivery.clear()
    return None


def _maybe_json(value: str) -> object:
    """slack_sdk sends structures as JSON text inside form fields."""
    if value[:1] in "[{":
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value
