"""The playground's HTTP routes: the page, its actions, the stand-in's Web API. Loopback only, no inline script."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from importlib.resources import files
from ipaddress import ip_address

from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from bot.playground.delivery import Delivery
from bot.playground.workspace import ApiError, Json, Workspace

_STATIC = files("bot.playground") / "static"
_ASSETS = {"app.js": "text/javascript", "blocks.js": "text/javascript", "style.css": "text/css", "icon.svg": "image/svg+xml"}
POLICY = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}
MAX_FILE = 5_000_000


def is_local(request: Request) -> bool:
    """True where the page was asked for by a loopback name: a foreign site that resolves here (DNS rebinding) is not."""
    host = (request.url.hostname or "").strip("[]")
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def routes(workspace: Workspace, delivery: Delivery) -> list[Route]:
    """All routes of the playground for a workspace and the delivery into the application."""

    async def page(request: Request) -> Response:
        if not is_local(request):
            return PlainTextResponse("The playground is for this machine only.", 403)
        return HTMLResponse((_STATIC / "index.html").read_text("utf-8"), headers=POLICY)

    async def asset(request: Request) -> Response:
        name = request.path_params["name"]
        if name not in _ASSETS:
            return PlainTextResponse("Not found", 404)
        return FileResponse(str(_STATIC / name), media_type=_ASSETS[name], headers=POLICY)

    async def state(request: Request) -> Response:
        return JSONResponse(workspace.snapshot())

    async def events(request: Request) -> Response:
        async def stream() -> AsyncIterator[bytes]:
            version = -1
            while not await request.is_disconnected():
                version = await workspace.changed(version)
                yield f"data: {version}\n\n".encode()

        return StreamingResponse(stream(), media_type="text/event-stream", headers={"Cache-Control": "no-store"})

    async def act(request: Request) -> Response:
        if not is_local(request) or request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
            return JSONResponse({"error": "local pages only"}, 403)
        if request.headers.get("content-type", "").split(";")[0] != "application/json":
            return JSONResponse({"error": "JSON is expected"}, 415)
        asked: Json = await request.json()
        user, ts, view = str(asked.get("user", "")), str(asked.get("ts", "")), str(asked.get("view", ""))
        channel, text = str(asked.get("channel", "C0OPS00001")), str(asked.get("text", ""))[:20_000]
        sent: dict[str, Callable[[], Awaitable[tuple[int, Json]]]] = {
            "slash": lambda: delivery.slash(user, channel, text),
            "message": lambda: delivery.message(user, channel, text, str(asked.get("thread", "")), asked.get("files", [])),
            "click": lambda: delivery.click(user, ts, view, asked.get("action", {})),
            "submit": lambda: delivery.submit(user, view, asked.get("values", {})),
            "close": lambda: delivery.close_view(user, view),
            "suggest": lambda: delivery.suggest(user, view, str(asked.get("action_id")), str(asked.get("block_id")), text),
            "shortcut": lambda: delivery.shortcut(user, str(asked.get("callback_id")), ts),
            "home": lambda: delivery.home(user, str(asked.get("tab", "home"))),
        }
        do = sent.get(str(asked.get("do")))
        if do is None:
            return JSONResponse({"error": f"unknown action {asked.get('do')!r}"}, 400)
        status, answer = await do()
        return JSONResponse({"status": status, "answer": answer, "state": workspace.snapshot()})

    async def upload(request: Request) -> Response:
        if not is_local(request) or int(request.headers.get("content-length", MAX_FILE + 1)) > MAX_FILE:
            return JSONResponse({"error": f"at most {MAX_FILE // 1_000_000} MB in the playground"}, 413)
        return JSONResponse(workspace.add_file(request.query_params.get("name", "file.log")[:200], await request.body()))

    async def file(request: Request) -> Response:
        held = workspace.files.get(request.path_params["id"])
        if held is None or not request.headers.get("authorization", "").startswith("Bearer "):
            return PlainTextResponse("<!DOCTYPE html><title>Sign in</title>", 200, media_type="text/html")
        return Response(held["content"], media_type="text/plain")

    async def web_api(request: Request) -> Response:
        if request.headers.get("content-type", "").startswith("application/json"):
            args = await request.json()
        else:
            args = {k: _maybe_json(str(v)) for k, v in (await request.form()).items()}
        args = {**{k: _maybe_json(v) for k, v in request.query_params.items()}, **args}
        try:
            return JSONResponse(workspace.call(request.path_params["method"], args))
        except ApiError as error:
            return JSONResponse({"ok": False, "error": str(error)})

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
        Route("/playground/response/{token}", response, methods=["POST"]),
        Route("/playground/api/{method}", web_api, methods=["GET", "POST"]),
    ]


def _maybe_json(value: str) -> object:
    """slack_sdk sends structures as JSON text inside form fields."""
    if value[:1] in "[{":
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value
