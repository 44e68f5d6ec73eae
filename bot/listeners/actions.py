"""Buttons and menus of messages, windows and the App Home: which module answers which.

Each click is acked at once; what follows goes to the interaction's response_url or into a window. An answer that only
the asker sees is replaced in place; below a shared one the clicker gets an answer of his own.
"""

import logging
import re
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot import api_errors
from bot.listeners import feedback, home, note_forms
from bot.listeners.admins import Admins, Denied
from bot.listeners.click import Click
from bot.listeners.posting import Spot
from bot.listeners.replies import QUIET, SAY, TALK, details, open_window, respond, said, window_refused
from bot.listeners.shortcuts import posting
from bot.logs import fields
from bot.render import forms
from bot.services import Services

log = logging.getLogger(__name__)

_ACTION = re.compile(r"haflag:([a-z]+):(\d{1,4})")


def register(app: AsyncApp, services: Services, admins: Admins) -> None:
    """Takes every click on every message, window and App Home."""

    async def clicked(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        action = body["actions"][0]
        named = _ACTION.fullmatch(str(action.get("action_id")))
        kind, number = named.groups() if named else ("", "0")
        chosen = (action.get("selected_option") or {}).get("value")
        click = Click(services, admins, client, body, kind, int(number), str(chosen or action.get("value") or ""))
        who = body.get("user") or {}
        services.teams.meet(click.user, str(who.get("name") or who.get("username") or ""))
        services.tasks.start(handle(click), f"click {click.kind}")

    app.action(re.compile(""))(clicked)


async def handle(click: Click) -> None:
    """Does what one button promises, and says so where it may not be done."""
    await click.services.prepare(click.team, click.user)
    try:
        if click.at_home:
            await home.clicked(click)
        elif click.view:
            await _in_window(click)
        else:
            await _in_message(click)
    except Denied as denied:
        await note_forms.explain(click, str(denied))
    except Exception:
        await note_forms.explain(click, SAY(click.services.languages.own(click.team, click.user), "failed"))
        raise


async def _in_message(click: Click) -> None:
    match click.kind:
        case "details":
            await _open_window(click)
        case "ask" | "language":
            answer = click.answer()
            await click.show(said(click.services, click.team, answer, share=not click.direct))
            if click.kind == "ask":
                click.services.after(click.team, click.user, click.client, answer)
        case "share":
            await _share(click)
        case "feedback":
            await feedback.given(click)
        case "menu":
            await note_forms.chosen(click)
        case "noteedit":
            await note_forms.change(click)
        case _:
            await click.tell(click.language, "button_old")


async def _open_window(click: Click) -> None:
    answer = click.answer()
    why = await open_window(click.client, click.trigger, details(click.services, click.team, answer))
    if why:
        await click.say(window_refused(answer.language, why))


async def _in_window(click: Click) -> None:
    """A button inside a window: another state, the other language, another page in the same window; or post it."""
    if click.kind == "thread":
        await _post(click)
        return
    if click.kind == "notedelete":
        if await note_forms.delete(click):
            await home.draw(click.work)
        return
    if click.kind not in ("ask", "language", "page"):
        log.info("button without a meaning in a window", extra=fields(kind=click.kind))
        return
    page = click.number if click.kind == "page" else 0
    answer = click.answer()
    window = details(click.services, click.team, answer, page, **posting(answer, str(click.view.get("private_metadata") or "")))
    await _redraw(click, window)


async def _post(click: Click) -> None:
    """Posts what a window shows below the message that it is about; where the bot may not, Slack does it by the response_url."""
    place = forms.remembered(click.view)
    answer = click.answer()
    shared = said(click.services, click.team, answer, public=True, shared_by=click.user)
    spot = Spot(str(place.get("channel")), str(place.get("thread")), click.user, answer.language)
    try:
        await click.client.chat_postMessage(channel=spot.channel, thread_ts=spot.thread, **QUIET, **shared)
    except SlackApiError as error:
        code = api_errors.code(error)
        url = str(place.get("response_url") or "")
        sent = {"response_type": "in_channel", "replace_original": False, "thread_ts": spot.thread, **shared}
        done = code != "is_archived" and bool(url) and await respond(click.client, url, sent)
        text = TALK(answer.language, "posted") if done else TALK(answer.language, "post_failed", error=code)
    else:
        text = TALK(answer.language, "posted")
    window = details(click.services, click.team, answer)
    window["blocks"].insert(0, forms.sentence(text))
    await _redraw(click, window)


async def _redraw(click: Click, window: dict[str, Any]) -> None:
    """Puts `window` in the place of the one that was clicked in."""
    try:
        await click.client.views_update(view_id=str(click.view.get("id")), view=window)
    except SlackApiError as error:
        # Closed meanwhile, most likely: nobody is looking any more.
        log.info("window not updated", extra=fields(error=api_errors.code(error)))


async def _share(click: Click) -> None:
    answer = click.answer()
    shared = said(click.services, click.team, answer, public=True, shared_by=click.user)
    if not await click.respond(shared, response_type="in_channel", replace_original=False):
        await click.tell(answer.language, "share_failed")
    elif click.private:
        await click.respond({}, delete_original=True)


