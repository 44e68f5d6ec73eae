"""`haflag serve`: builds the bot from the environment and runs it until SIGTERM or Ctrl-C."""

import argparse
import asyncio
import gc
import logging
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

import aiohttp
from slack_sdk.errors import SlackApiError
from starlette.routing import BaseRoute
from starlette.types import ASGIApp

from bot import api_errors, logs
from bot.app import OneWorkspace, build_app, http_session, web_client
from bot.server import Server, asgi, listen
from bot.settings import VARIABLES, Settings, SettingsError, read
from bot.socket_mode import SocketMode
from bot.store import open_store
from bot.tasks import Tasks
from knowledge.base import load

log = logging.getLogger(__name__)

DRAIN_SECONDS = 5
"""Seconds that background work has on shutdown."""
AGAIN_SECONDS = 30
"""Seconds between attempts to reach Slack while it cannot be reached at start."""


Routes = Callable[[aiohttp.ClientSession, asyncio.Event], Sequence[BaseRoute]]
"""Gives what is mounted beside Slack's endpoint, from a session to send with and the event that ends the server."""


class StartError(Exception):
    """The bot cannot start; the message says what to do."""


def add(parser: argparse.ArgumentParser) -> None:
    """Sets up the command; its help lists every variable."""
    width = max(len(v.name) for v in VARIABLES)
    listed = "\n".join(f"  {v.name:<{width}}  {v.about}" + (f" (default: {v.default})" if v.default else "") for v in VARIABLES)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = f"environment:\n{listed}"
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Reads the environment and serves. Exit 0 after a signal, 1 where it cannot start, 2 where the environment is wrong."""
    try:
        settings = read(os.environ)
    except SettingsError as error:
        for fault in error.faults:
            print(f"haflag: {fault}", file=sys.stderr)
        return 2
    for variable in VARIABLES:
        if variable.secret or variable.name == "SLACK_CLIENT_ID":
            # Bolt would read some of them on its own, and children need none.
            os.environ.pop(variable.name, None)
    logs.setup()
    routes = None
    if settings.playground:
        from bot.playground.start import prepare

        settings, routes = prepare(settings)
    try:
        with asyncio.Runner(loop_factory=_loop_factory()) as runner:
            runner.run(serve(settings, routes))
    except StartError as error:
        print(f"haflag: {error}", file=sys.stderr)
        return 1
    return 0


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    try:
        import uvloop
    except ImportError:  # not on Windows
        return None
    return uvloop.new_event_loop


async def serve(settings: Settings, routes: Routes | None = None) -> None:
    """Runs everything that the settings ask for, until a signal. StartError where it cannot start."""
    if settings.bot_token is None:
        raise StartError("SLACK_BOT_TOKEN is not set")
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with AsyncExitStack() as closing:
        session = await closing.enter_async_context(http_session())
        client = web_client(settings, session)
        store = await open_store(settings.database_url.reveal() if settings.database_url else None, settings.data)
        closing.push_async_callback(store.close)
        tasks = Tasks()
        closing.push_async_callback(tasks.drain, DRAIN_SECONDS)
        workspace = OneWorkspace(settings.bot_token.reveal(), client)
        base = load()
        base.answer("the first search builds the index, which nobody should wait for")
        app = build_app(settings, base, client=client, authorize=workspace, store=store, tasks=tasks)
        checks: dict[str, Callable[[], Awaitable[bool]]] = {"store": store.ready}
        await closing.enter_async_context(
            _http(settings, asgi(settings, app, checks=checks, routes=routes(session, stop) if routes else ()), stop)
        )
        await _admitted("SLACK_BOT_TOKEN", workspace.check, tasks)
        if settings.app_token is not None:
            socket_mode = SocketMode(app, settings.app_token.reveal())
            checks["socket"] = socket_mode.connected
            await _admitted("SLACK_APP_TOKEN", socket_mode.check, tasks)
            await socket_mode.start()
            closing.push_async_callback(socket_mode.stop)
        # What is loaded now lives as long as the process: the collector need not walk it (17 ms each time).
        gc.collect()
        gc.freeze()
        await stop.wait()
        log.info("stopping")


async def _admitted(variable: str, check: Callable[[], Awaitable[object]], tasks: Tasks) -> None:
    """Has Slack confirm a token. StartError where it is refused; while Slack is out of reach it is asked again later."""
    try:
        await check()
    except SlackApiError as error:
        if not api_errors.passing(error):
            raise StartError(f"Slack refused {variable}: {api_errors.code(error)}") from None
        reason = api_errors.code(error)
    except (aiohttp.ClientError, TimeoutError) as error:
        reason = type(error).__name__
    else:
        return
    log.warning("Slack is out of reach", extra=logs.fields(checking=variable, error=reason))
    tasks.start(_admitted_later(check), f"check {variable}")


async def _admitted_later(check: Callable[[], Awaitable[object]]) -> None:
    while True:
        await asyncio.sleep(AGAIN_SECONDS)
        try:
            await check()
        except (aiohttp.ClientError, TimeoutError):
            continue
        except SlackApiError as error:
            if api_errors.passing(error):
                continue
            raise
        return


@asynccontextmanager
async def _http(settings: Settings, app: ASGIApp, stop: asyncio.Event) -> AsyncIterator[None]:
    """Serves `app` inside the block, and lets requests under way finish at its end. A server that dies sets `stop`."""
    try:
        listening = listen(settings.bind, settings.port)
    except OSError as error:
        raise StartError(f"cannot listen on {settings.bind} port {settings.port}: {error.strerror}; set PORT") from None
    server = Server(app)
    running = asyncio.create_task(server.serve(sockets=[listening]))
    running.add_done_callback(lambda _: stop.set())
    transports = [name for name, on in (("socket mode", settings.socket_mode), ("http", settings.http)) if on]
    log.info("serving", extra=logs.fields(host=settings.bind, port=listening.getsockname()[1], transports=transports))
    try:
        yield
    finally:
        server.stop()
        await running
