"""Was this right? "Yes" counts; "no" asks what was expected, and counts however its window is left."""

import json
import logging
import time
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.listeners.click import Click
from bot.listeners.replies import SAY, answer_for, open_window, respond, said
from bot.logs import fields
from bot.render import forms
from bot.render.blocks import asked, notice, value
from bot.services import Services
from knowledge.answer_model import Answer

log = logging.getLogger(__name__)


async def given(click: Click) -> None:
    """A press of one of the two buttons."""
    verdict, _, rest = click.value.partition(" ")
    language, question = asked(rest)
    answer = answer_for(click.services, click.team, click.user, question, language)
    place = {"asked": value(language, question), "url": click.url, "private": click.private, **click.thread}
    if verdict != "right":
        window = forms.feedback(language, json.dumps(place)[:3_000])
        if click.services.store is not None and not await open_window(click.client, click.trigger, window):
            return
    await _count(click.services, click.team, click.user, answer, verdict == "right", "")
    await _thank(click.services, click.client, click.team, answer, place, helpful=verdict == "right")


async def form(services: Services, client: AsyncWebClient, team: str, user: str, view: dict[str, Any], comment: str) -> None:
    """The window of "no", sent or closed."""
    place = forms.remembered(view)
    if not place:
        return
    language, question = asked(str(place.get("asked") or ""))
    answer = answer_for(services, team, user, question, language)
    await _count(services, team, user, answer, False, comment)
    await _thank(services, client, team, answer, place, helpful=False)


async def _count(services: Services, team: str, user: str, answer: Answer, helpful: bool, comment: str) -> None:
    entry = answer.matches[0].id if answer.matches else ""
    log.info("feedback", extra=fields(helpful=helpful, entry=entry, kind=answer.kind, language=answer.language))
    if services.store is not None:
        from bot.store import Feedback

        kept = comment[: forms.COMMENT_CHARACTERS]
        await services.store.add_feedback(Feedback(team, user, entry, answer.kind, helpful, kept, int(time.time())))


async def _thank(
    services: Services, client: AsyncWebClient, team: str, answer: Answer, place: dict[str, Any], *, helpful: bool
) -> None:
    """Says thank you: in the place of a private answer, which stays and is asked about no more; else below it."""
    url = str(place.get("url") or "")
    thanks = SAY(answer.language, "thanks_right" if helpful else "thanks_wrong")
    thread = {"thread_ts": place["thread_ts"]} if place.get("thread_ts") else {}
    if not url:
        return
    if place.get("private"):
        again = said(services, team, answer, note=thanks, feedback=False)
        await respond(client, url, {**thread, "response_type": "ephemeral", "replace_original": True, **again})
    else:
        await respond(client, url, {**thread, "response_type": "ephemeral", "replace_original": False, **notice(thanks)})
