"""An ASGI application on a real port of this machine, served as in production."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from starlette.types import ASGIApp

from bot.server import Server, listen


@asynccontextmanager
async def serving(make: Callable[[str], ASGIApp]) -> AsyncIterator[str]:
    """Serves what `make(base URL)` gives; the base URL."""
    listening = listen("127.0.0.1", 0)
    base = f"http://127.0.0.1:{listening.getsockname()[1]}"
    server = Server(make(base))
    running = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        yield base
    finally:
        server.stop()
        await running
