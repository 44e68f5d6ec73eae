"""The two shortcuts: "Explain HAProxy log" on any message, and the window that asks, from anywhere."""

import json
import logging
from typing import Any

import aiohttp
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot import api_errors
from bot.listeners import files
from bot.listeners.message_text import evidence, text_of
from bot.listeners.posting import tell
from bot.listeners.replies import SAY, TALK, answer_for, details, open_window, respond, window_refused
from bot.listeners.suggestions import suggest
from bot.logs import fields
from bot.manifest import ASK, EXPLAIN
from bot.render import forms
from bot.render.blocks import notice, value
from bot.reports import FileRefused
from bot.services import Services
from knowledge.answer_model import Answer
from knowledge.model import Language

log = logging.getLogger(__name__)


def register(app: AsyncApp, services: Services) -> None:
    """Takes both shortcuts and the type-ahead of every window."""

    async def explain(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        services.tasks.start(_guarded(services, client, body), "message shortcut")

    async def ask(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        services.tasks.start(_ask(services, client, body), "global shortcut")

    async def options(ack: AsyncAck, body: dict[str, Any]) -> None:
        team, user = _who(body)
        language = services.languages.own(team, user)
        await ack(options=suggest(services.base, str(body.get("value") or ""), language))

    app.message_shortcut(EXPLAIN)(explain)
    app.global_shortcut(ASK)(ask)
    app.options("haflag:field:entry")(options)


def _who(body: dict[str, Any]) -> tuple[str, str]:
    return str((body.get("team") or body.get("enterprise") or {}).get("id", "")), str(body["user"]["id"])


async def _ask(services: Services, client: AsyncWebClient, body: dict[str, Any]) -> None:
    team, user = _who(body)
    await services.meet(team, user, client)
    language = services.languages.own(team, user)
    if why := await open_window(client, str(body.get("trigger_id")), forms.ask(language)):
        # A global shortcut has no channel: the direct message is the one place to say so.
        await tell(client, user, notice(window_refused(language, why)))
    services.after(team, user, client)


async def _guarded(services: Services, client: AsyncWebClient, body: dict[str, Any]) -> None:
    try:
        await _explain(services, client, body)
    except Exception:
        if url := str(body.get("response_url") or ""):
            said = notice(SAY(services.languages.own(*_who(body)), "failed"))
            await respond(client, url, {"response_type": "ephemeral", "replace_original": False, **said})
        raise


async def _explain(services: Services, client: AsyncWebClient, body: dict[str, Any]) -> None:
    """Opens the answer as a window at once; the trigger lives three seconds, an answer takes milliseconds."""
    team, user = _who(body)
    await services.meet(team, user, client)
    message = body.get("message") or {}
    text = evidence(services.base, message)
    language = services.languages.own(team, user)
    readable = [f for f in message.get("files") or [] if isinstance(f, dict)]
    answer = None
    if text:
        answer = answer_for(services, team, user, text, services.languages.reads(team, user))
        language = answer.language
        window = details(services, team, answer, **_posting(answer, body))
    elif readable:
        window = _reading(str(readable[0].get("name") or "log"), language)
    else:
        window = forms.ask(language, text=_plain(text_of(message)), missed=True)
    view_id = await _opened(client, str(body.get("trigger_id")), window, body, language)
    if view_id and not text and readable:
        await _read(services, client, team, view_id, readable[0], language)
    services.after(team, user, client, answer)


def _plain(text: str) -> str:
    """A message that held nothing to explain goes into the field only where its words could be a question."""
    return text if len(text) <= 200 else ""


def _posting(answer: Answer, body: dict[str, Any]) -> dict[str, Any]:
    """The button that posts the answer below the message, and what the window has to remember for it."""
    channel = str((body.get("channel") or {}).get("id") or "")
    message = body.get("message") or {}
    thread = str(message.get("thread_ts") or message.get("ts") or body.get("message_ts") or "")
    place = {"channel": channel, "thread": thread, "response_url": str(body.get("response_url") or "")}
    return posting(answer, json.dumps(place)) if channel and thread else {}


def posting(answer: Answer, metadata: str) -> dict[str, Any]:
    """What a window about a message needs, on every page and in both languages; nothing for other windows."""
    if not metadata:
        return {}
    button = {
        "type": "button", "action_id": "haflag:thread:0", "value": value(answer.language, answer.question),
        "text": forms.plain_text(TALK(answer.language, "post_thread")),
    }  # fmt: skip
    return {"buttons": [button], "metadata": metadata}


async def _opened(client: AsyncWebClient, trigger: str, window: dict[str, Any], body: dict[str, Any], language: Language) -> str:
    """Opens a window; its id. Where Slack refuses, the reason goes to whoever used the shortcut."""
    try:
        answer = await client.views_open(trigger_id=trigger, view=window)
        return str(answer["view"]["id"])
    except SlackApiError as error:
        code = api_errors.code(error)
    except (aiohttp.ClientError, TimeoutError):
        code = "trigger"
    if url := str(body.get("response_url") or ""):
        said = notice(window_refused(language, "late" if "trigger" in code else code))
        await respond(client, url, {"response_type": "ephemeral", "replace_original": False, **said})
    return ""


def _reading(name: str, language: Language) -> dict[str, Any]:
    shown = name.replace("`", "ʼ")[:80]
    blocks = [forms.sentence(TALK(language, "reading_file", file=shown))]
    return forms.window(TALK(language, "ask_title"), blocks, callback="haflag:details", close=TALK(language, "ask_close"))


async def _read(
    services: Services, client: AsyncWebClient, team: str, view_id: str, file: dict[str, Any], language: Language
) -> None:
    try:
        report = await services.reports.of_file(client, file, language)
        window = details(services, team, files.with_chart(report.answer, language))
    except FileRefused as refused:
        blocks = [forms.sentence(TALK(language, refused.key, **refused.words))]
        window = forms.window(TALK(language, "ask_title"), blocks, callback="haflag:details", close=TALK(language, "ask_close"))
    try:
        await client.views_update(view_id=view_id, view=window)
    except SlackApiError as error:
        # Closed meanwhile, most likely.
        log.info("window not updated", extra=fields(error=api_errors.code(error)))
