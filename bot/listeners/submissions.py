"""Windows that were sent or closed: a question, a team note, what was expected of an answer."""

import re
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.listeners import feedback, home, note_forms
from bot.listeners.admins import Admins
from bot.listeners.note_work import Work
from bot.listeners.replies import SAY, TALK, answer_for, details
from bot.render import forms
from bot.services import Services


def register(app: AsyncApp, services: Services, admins: Admins) -> None:
    """Takes every `view_submission` and `view_closed`."""

    async def submitted(ack: AsyncAck, body: dict[str, Any], view: dict[str, Any], client: AsyncWebClient) -> None:
        team, user = _who(body)
        match view.get("callback_id"):
            case "haflag:ask":
                await services.prepare(team, user)
                await _explain(ack, services, client, team, user, view)
            case "haflag:note":
                await services.prepare(team, user)
                work = Work(services, admins, client, team, user)
                if await note_forms.sent(ack, work, view):
                    services.tasks.start(home.draw(work), "home")
            case "haflag:feedback":
                await ack()
                comment = forms.typed(view, "comment")
                services.tasks.start(feedback.form(services, client, team, user, view, comment), "feedback")
            case _:
                await ack()

    async def closed(ack: AsyncAck, body: dict[str, Any], view: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        team, user = _who(body)
        if view.get("callback_id") == "haflag:feedback":
            services.tasks.start(feedback.form(services, client, team, user, view, ""), "feedback")

    app.view_submission(re.compile(""))(submitted)
    app.view_closed(re.compile(""))(closed)


def _who(body: dict[str, Any]) -> tuple[str, str]:
    return str((body.get("team") or body.get("enterprise") or {}).get("id", "")), str(body["user"]["id"])


async def _explain(
    ack: AsyncAck, services: Services, client: AsyncWebClient, team: str, user: str, view: dict[str, Any]
) -> None:
    """Answers in the same window; what was typed comes before what was chosen, as it says more."""
    entry, log = forms.typed(view, "entry"), forms.typed(view, "log")
    language = services.languages.own(team, user)
    if not entry and not log:
        await ack(response_action="errors", errors={"log": TALK(language, "ask_nothing")})
        return
    seconds = services.limit.wait(team, user)
    if seconds:
        await ack(response_action="errors", errors={"log": SAY(language, "slow_down", seconds=int(seconds) + 1)})
        return
    answer = answer_for(services, team, user, log) if log else answer_for(services, team, user, entry, language)
    await ack(response_action="update", view=details(services, team, answer))
    services.after(team, user, client, answer)
