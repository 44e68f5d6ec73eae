"""Settings and routes with which `haflag serve` runs the playground: secrets made up, the Web API on this very server."""

import asyncio
import json
import secrets
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import aiohttp
from starlette.routing import BaseRoute

from bot.playground.delivery import Delivery
from bot.playground.routes import routes
from bot.playground.workspace import Json, Workspace
from bot.server import PATH
from bot.settings import Secret, Settings

Mounted = Callable[[aiohttp.ClientSession, asyncio.Event], Sequence[BaseRoute]]
"""Gives the routes for a session to send with and an event that is set when the server is to stop."""


def prepare(settings: Settings) -> tuple[Settings, Mounted]:
    """The settings of a playground on the same port, and the routes to mount; says on standard error where it is."""
    host = settings.host or "127.0.0.1"
    place = f"[{host}]:{settings.port}" if ":" in host else f"{host}:{settings.port}"
    base_url = f"http://{place}"
    secret, token = secrets.token_hex(16), f"xoxb-playground-{secrets.token_hex(12)}"
    made_up = replace(
        settings,
        bot_token=Secret(token),
        signing_secret=Secret(secret),
        host=host,
        api_url=f"{base_url}/playground/api/",
        file_hosts=(place,),
        public_url=settings.public_url or base_url,
    )
    workspace = Workspace(base_url, _manifest())

    def mounted(session: aiohttp.ClientSession, stop: asyncio.Event) -> Sequence[BaseRoute]:
        delivery = Delivery(workspace, base_url + PATH, secret, session)
        return routes(workspace, delivery, token, stop)

    print(
        f"No Slack tokens are set: this is the playground, on {base_url}\n"
        "To connect Slack set SLACK_BOT_TOKEN with SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET (HTTP); see README.md.",
        file=sys.stderr,
    )
    return made_up, mounted


def _manifest() -> Json | None:
    """This project's app manifest; None where the package is installed without it."""
    manifest = Path(__file__).parents[2] / "manifest.json"
    return dict(json.loads(manifest.read_text("utf-8"))) if manifest.is_file() else None
