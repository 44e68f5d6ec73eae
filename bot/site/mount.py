"""The reference as routes for any server; templates and pages are loaded when somebody first opens one."""

import asyncio

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route, Router
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.site.address import MOUNT
from knowledge.base import KnowledgeBase


class Reference:
    """The pages behind an ASGI application that is made on the first request: Slack's answers need none of it."""

    def __init__(self, base: KnowledgeBase) -> None:
        self._base = base
        self._pages: ASGIApp | None = None
        self._making = asyncio.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async with self._making:
            if self._pages is None:
                # In a thread: acks must not wait for it (0.1 s).
                self._pages = await asyncio.to_thread(self._made)
        await self._pages(scope, receive, send)

    def _made(self) -> ASGIApp:
        from bot.site.serve import reference

        return Router(routes=reference(self._base))


def mounted(base: KnowledgeBase) -> list[BaseRoute]:
    """The routes for a server's list."""

    async def start(request: Request) -> Response:
        # Relative: behind a proxy this server does not know its own scheme.
        return RedirectResponse(f"{MOUNT.rpartition('/')[2]}/")

    return [Route(MOUNT, start), Mount(MOUNT, app=Reference(base))]
