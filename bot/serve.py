"""`haflag serve`: builds the bot from the environment and runs it until SIGTERM or Ctrl-C."""

import argparse
import asyncio
import gc
import logging
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

import aiohttp
from slack_bolt.authorization.async_authorize import AsyncAuthorize
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy.exc import SQLAlchemyError
from starlette.routing import BaseRoute
from starlette.types import ASGIApp

from bot import api_errors, jobs, logs
from bot.app import OneWorkspace, build_app, http_session, web_client
from bot.metrics import Metrics
from bot.once import Deliveries, Dispatch
from bot.server import Server, asgi, listen
from bot.settings import VARIABLES, Settings, SettingsError, read
from bot.site.mount import mounted
from bot.socket_mode import SocketMode
from bot.store import Store, open_store
from bot.tasks import Tasks
from knowledge.base import load

log = logging.getLogger(__name__)

DRAIN_SECONDS = 8
"""Seconds after a signal in which everything under way has to end; what is later is cancelled."""
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
    logs.setup(level=logging.getLevelNamesMapping()[settings.log_level.upper()])
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
    except asyncio.CancelledError:
        log.info("stopped before it had started")
    return 0


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    try:
        import uvloop
    except ImportError:  # not on Windows
        return None
    return uvloop.new_event_loop


async def serve(settings: Settings, routes: Routes | None = None) -> None:
    """Runs everything that the settings ask for, until a signal. StartError where it cannot start."""
    stop = asyncio.Event()
    starting = asyncio.current_task()

    def end() -> None:
        stop.set()
        if starting is not None:
            starting.cancel()

    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, end)
    async with AsyncExitStack() as closing:
        metrics, tasks = Metrics(), Tasks()
        session = await closing.enter_async_context(http_session())
        client = web_client(settings, session, metrics)
        store = await _opened(settings)
        closing.push_async_callback(store.close)
        checks: dict[str, Callable[[], Awaitable[bool]]] = {"store": store.ready}
        base = load()
        base.answer("the first search builds the index, which nobody should wait for")

        def through(authorize: AsyncAuthorize) -> Dispatch:
            return build_app(settings, base, client=client, authorize=authorize, store=store, tasks=tasks, metrics=metrics)

        authorize, pages, dispatched = _authorisation(settings, store, client, through)
        deliveries = Deliveries(dispatched, store.claims, metrics)
        ended = time.monotonic()

        async def drain() -> None:
            await tasks.drain(max(0.1, ended + DRAIN_SECONDS - time.monotonic()))
            await deliveries.drain(1)

        closing.push_async_callback(drain)
        extra = [*pages, *(routes(session, stop) if routes else ()), *(mounted(base) if settings.public_url else ())]
        await closing.enter_async_context(_http(settings, asgi(settings, deliveries, checks=checks, routes=extra), stop))
        if isinstance(authorize, OneWorkspace):
            await _admitted("SLACK_BOT_TOKEN", authorize.check, tasks)
        if settings.app_token is not None:
            sockets = [SocketMode(deliveries, client, settings.app_token.reveal()) for _ in range(settings.sockets)]

            async def connected() -> bool:
                return any([await socket.connected() for socket in sockets])

            checks["socket"] = connected
            await _admitted("SLACK_APP_TOKEN", sockets[0].check, tasks)
            for socket in sockets:
                await socket.start()

            async def disconnect() -> None:
                await asyncio.gather(*(socket.stop() for socket in sockets))

            closing.push_async_callback(disconnect)
        tidying = asyncio.create_task(jobs.hourly(store, settings.retention_days))
        closing.callback(tidying.cancel)
        # What is loaded now lives as long as the process: the collector need not walk it (17 ms each time).
        gc.freeze()
        gc.enable()
        starting = None
        await stop.wait()
        ended = time.monotonic()
        log.info("stopping")


async def _opened(settings: Settings) -> Store:
    try:
        return await open_store(settings.database_url.reveal() if settings.database_url else None, settings.data)
    except (OSError, SQLAlchemyError) as error:
        where = "DATABASE_URL" if settings.database_url else f"HAFLAG_DATA={settings.data}"
        raise StartError(f"cannot open the database of {where}: {type(error).__name__}") from None


def _authorisation(
    settings: Settings, store: Store, client: AsyncWebClient, through: Callable[[AsyncAuthorize], Dispatch]
) -> tuple[AsyncAuthorize, list[BaseRoute], Dispatch]:
    """Whose token is used, one bot token or those of the installations; the pages that belong to the latter; and what
    hands payloads on: `through`, with the end of installations seen to."""
    if settings.bot_token is not None:
        one = OneWorkspace(settings.bot_token.reveal(), client)
        return one, [], through(one)
    if settings.client_id is None or settings.client_secret is None:
        raise StartError("SLACK_BOT_TOKEN is not set")
    from bot import oauth
    from bot.store.installations import Installations, OAuthStates, TokenBox
    from bot.workspaces import Workspaces

    held = Installations(settings.client_id, store.engine, TokenBox([key.reveal() for key in settings.token_keys]))
    many = Workspaces(store, held, client, settings.client_id, settings.client_secret.reveal())
    states = OAuthStates(oauth.STATE_SECONDS, store.engine)
    return many, oauth.routes(settings, held, states, client), many.watching(through(many))


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
