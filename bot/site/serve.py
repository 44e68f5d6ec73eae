"""The reference served: the same pages as the static site, with the bot's own search behind the search box."""

from functools import lru_cache
from importlib.metadata import version
from importlib.resources import files

from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from bot.site.address import address
from bot.site.pages import LANGUAGES, Pages
from knowledge.base import KnowledgeBase
from knowledge.model import Language

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "public, max-age=300",
}
KEPT = 64
"""Pages that are kept as they were sent last: most take a millisecond, those with much evidence fifty."""
_TYPES = {"site.css": "text/css", "site.js": "text/javascript", "icon.svg": "image/svg+xml"}


def reference(base: KnowledgeBase) -> list[BaseRoute]:
    """Routes below the place where they are mounted: pages, assets, `search?q=…&lang=…` as JSON."""
    pages = Pages(base, served=True, version=version("haflag"))
    static = files("bot") / "site" / "static"
    made = lru_cache(KEPT)(pages.html)

    async def page(request: Request) -> Response:
        path = request.path_params["path"]
        html = made(path) if path in pages else None
        if html is None:
            return PlainTextResponse("Not found", 404)
        return HTMLResponse(html, headers=HEADERS)

    async def start(request: Request) -> Response:
        chinese = request.headers.get("accept-language", "").lower().startswith("zh")
        # Relative: what stands before it is for whoever serves us to choose.
        return RedirectResponse(f"{'zh' if chinese else 'en'}/index.html")

    async def asset(request: Request) -> Response:
        name = request.path_params["name"]
        if name in {f"index.{language}.js" for language in LANGUAGES}:
            return Response("", media_type="text/javascript", headers=HEADERS)
        if name not in _TYPES:
            return PlainTextResponse("Not found", 404)
        return FileResponse(str(static / name), media_type=_TYPES[name], headers=HEADERS)

    async def search(request: Request) -> Response:
        language: Language = "zh" if request.query_params.get("lang") == "zh" else "en"
        answer = base.answer(request.query_params.get("q", "")[:500], language)
        rows = [{"id": m.id, "t": m.title, "h": address(base, m.id)} for m in answer.matches[:6]]
        return JSONResponse([row for row in rows if row["h"]])

    return [
        Route("/", start),
        Route("/search", search),
        Route("/static/{name}", asset),
        Route("/{path:path}", page),
    ]
