"""`haflag check`: tokens, permissions, the manifest, and every kind of message against Slack itself where a token is set."""

import argparse
import asyncio
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View
from slack_sdk.web.async_client import AsyncWebClient

from bot import api_errors, manifest
from bot.app import granted_scopes, http_session, web_client
from bot.settings import Settings, SettingsError, read
from bot.shapes import shapes
from knowledge.base import load

ROOT = Path(__file__).resolve().parents[1]


class Report:
    """Lines on standard output: ok, note, or FAIL; `failed` counts the last."""

    def __init__(self) -> None:
        self.failed = 0

    def ok(self, text: str) -> None:
        print(f"ok    {text}")

    def note(self, text: str) -> None:
        print(f"note  {text}")

    def fail(self, text: str) -> None:
        self.failed += 1
        print(f"FAIL  {text}")


def add(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of `haflag check`."""
    parser.add_argument("--manifest", type=Path, help="the app's manifest (default: manifest.json of this checkout)")
    parser.add_argument("--offline", action="store_true", help="ask Slack nothing")
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Checks everything that can be checked here. 0 where nothing is wrong, 1 where something is, 2 for a wrong environment."""
    try:
        settings = read(os.environ)
    except SettingsError as error:
        for fault in error.faults:
            print(f"haflag: {fault}", file=sys.stderr)
        return 2
    report = Report()
    wanted = _manifest(args.manifest or ROOT / "manifest.json", report, given=args.manifest is not None)
    _local(report)
    if args.offline:
        report.note("Slack was not asked (--offline)")
    elif settings.bot_token is None:
        report.note("no SLACK_BOT_TOKEN: Slack was not asked")
    else:
        asyncio.run(_online(settings, wanted, report))
    return 1 if report.failed else 0


def _manifest(path: Path, report: Report, *, given: bool) -> set[str]:
    """Checks the manifest; the scopes that it lists."""
    try:
        listed = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        (report.fail if given else report.note)(f"no manifest at {path.name}")
        return set()
    except ValueError as error:
        report.fail(f"{path.name}: {error}")
        return set()
    found = manifest.faults(listed)
    for fault in found:
        report.fail(f"{path.name}: {fault}")
    if not found:
        report.ok(f"{path.name} is within Slack's limits and fits the listeners")
    return set().union(*manifest.scopes(listed))


def _local(report: Report) -> None:
    count = 0
    for name, kind, payload in shapes(load()):
        count += 1
        for fault in local_faults(kind, payload):
            report.fail(f"{name}: {fault}")
    if not report.failed:
        report.ok(f"{count} messages and windows are within the limits that slack_sdk knows")


def local_faults(kind: str, payload: dict[str, Any]) -> Iterator[str]:
    """What slack_sdk's own models say against a message or view."""
    try:
        for block in Block.parse_all(payload["blocks"]):
            block.validate_json()
        if kind == "view":
            View(**payload).validate_json()
    except Exception as error:
        yield f"{type(error).__name__}: {error}"


async def _online(settings: Settings, wanted: set[str], report: Report) -> None:
    assert settings.bot_token is not None
    async with http_session() as session:
        client = web_client(settings, session)
        client.token = settings.bot_token.reveal()
        try:
            granted = await _token(client, report)
            _scopes(granted, wanted, report)
            if settings.app_token is not None:
                await client.apps_connections_open(app_token=settings.app_token.reveal())
                report.ok("SLACK_APP_TOKEN may open Socket Mode connections")
            await _shapes(client, report)
        except SlackApiError as error:
            report.fail(f"Slack refused a call: {api_errors.code(error)}")
        except (aiohttp.ClientError, TimeoutError) as error:
            report.fail(f"Slack cannot be reached: {type(error).__name__}")


async def _token(client: AsyncWebClient, report: Report) -> set[str]:
    answer = await client.auth_test()
    report.ok(f"SLACK_BOT_TOKEN belongs to {answer.get('team')} as {answer.get('user')}")
    return set(granted_scopes(answer))


def _scopes(granted: set[str], wanted: set[str], report: Report) -> None:
    """Says which feature each missing scope switches off."""
    for scope in sorted(wanted - granted):
        what = manifest.feature(scope, "en") if scope in manifest.SCOPES else "nothing in this bot"
        text = f"the scope {scope} is not granted; it is for {what}"
        (report.fail if scope == "commands" else report.note)(text)
    if wanted and wanted <= granted:
        report.ok("every scope of the manifest is granted")
    for scope in sorted(granted - wanted) if wanted else ():
        report.note(f"the scope {scope} is granted, but the manifest does not ask for it")


async def _shapes(client: AsyncWebClient, report: Report) -> None:
    """Has Slack itself look at every message and view (`blocks.validate` needs no scope)."""
    count, before = 0, report.failed
    for name, kind, payload in shapes(load()):
        count += 1
        try:
            # As a form: slack_sdk's own method puts the payload into the URL, which no proxy lets be that long.
            await client.api_call("blocks.validate", data={kind: json.dumps(payload)})
        except SlackApiError as error:
            if api_errors.code(error) == "unknown_method":
                report.note("this Slack has no blocks.validate: messages were checked by slack_sdk's models alone")
                return
            data = error.response.data if isinstance(error.response.data, dict) else {}
            why = "; ".join(str(e) for e in data.get("errors") or []) or api_errors.code(error)
            report.fail(f"{name}: {why}")
    if report.failed == before:
        report.ok(f"Slack accepts all {count} messages and windows")
