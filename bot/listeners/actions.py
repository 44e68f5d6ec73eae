"""Buttons: details, the other language, related states, share, feedback, pages of a window.

Each click is acked at once; what follows goes to the interaction's response_url or into a window. An answer that only
the asker sees is replaced in place; below a shared one the clicker gets an answer of his own.
"""

import logging
import re
import time
from dataclasses import dataclass
from typing import Any

import aiohttp
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot import api_errors
from bot.listeners.replies import SAY, answer_for, respond
from bot.logs import fields
from bot.render.blocks import asked, message, notice, view
from bot.services import Services
from knowledge.answer_model import Answer
from knowledge.model import Language

log = logging.getLogger(__name__)

_ACTION = re.compile(r"haflag:([a-z]+):(\d{1,4})")


@dataclass(frozen=True)
class Click:
    """One press of a button, and what is needed to answer it."""

    services: Services
    client: AsyncWebClient
    body: dict[str, Any]
    kind: str
    number: int
    value: str

    @property
    def team(self) -> str:
        return str((self.body.get("team") or self.body.get("enterprise") or {}).get("id", ""))

    @property
    def user(self) -> str:
        return str(self.body["user"]["id"])

    @property
    def private(self) -> bool:
        """True where only the clicker sees the message."""
        return bool((self.body.get("container") or {}).get("is_ephemeral"))

    @property
    def thread(self) -> dict[str, str]:
        """Keeps what is said in the thread of the message."""
        thread = (self.body.get("container") or {}).get("thread_ts")
        return {"thread_ts": str(thread)} if thread else {}

    def answer(self) -> Answer:
        language, question = asked(self.value)
        return answer_for(self.services, self.team, self.user, question, language)

    async def respond(self, said: dict[str, Any], **how: Any) -> bool:
        url = self.body.get("response_url")
        return bool(url) and await respond(self.client, str(url), {**self.thread, **how, **said})

    async def show(self, said: dict[str, Any]) -> None:
        """Shows a message to the clicker alone: in place of a private one, else below."""
        await self.respond(said, response_type="ephemeral", replace_original=self.private)

    async def tell(self, language: Language, key: str, **words: object) -> None:
        """Says one sentence to the clicker alone and leaves the message as it is."""
        await self.respond(notice(SAY(language, key, **words)), response_type="ephemeral", replace_original=False)


def register(app: AsyncApp, services: Services) -> None:
    """Takes every click on every message and window."""

    async def clicked(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        action = body["actions"][0]
        named = _ACTION.fullmatch(str(action.get("action_id")))
        kind, number = named.groups() if named else ("", "0")
        click = Click(services, client, body, kind, int(number), str(action.get("value") or ""))
        services.tasks.start(handle(click), f"click {click.kind}")

    app.action(re.compile(""))(clicked)


async def handle(click: Click) -> None:
    """Does what one button promises."""
    if click.body.get("view"):
        await _in_window(click)
        return
    match click.kind:
        case "details":
            await _open_window(click)
        case "ask" | "language":
            await click.show(message(click.answer()))
        case "share":
            await _share(click)
        case "feedback":
            await _feedback(click)
        case _:
            language, _ = asked(click.value)
            await click.tell(language, "button_old")


async def _open_window(click: Click) -> None:
    answer = click.answer()
    try:
        await click.client.views_open(trigger_id=str(click.body.get("trigger_id")), view=view(answer))
    except SlackApiError as error:
        code = api_errors.code(error)
        log.warning("window refused", extra=fields(error=code))
        if "trigger" in code:
            await click.tell(answer.language, "window_late")
        else:
            await click.tell(answer.language, "window_failed", error=code)
    except (aiohttp.ClientError, TimeoutError) as error:
        log.warning("window failed", extra=fields(error=type(error).__name__))
        await click.tell(answer.language, "window_late")


async def _in_window(click: Click) -> None:
    """A button inside a window: another state, the other language, another page, in the same window."""
    page = click.number if click.kind == "page" else 0
    window = view(click.answer(), page)
    try:
        await click.client.views_update(view_id=str(click.body["view"].get("id")), view=window)
    except SlackApiError as error:
        # Closed meanwhile, most likely: nobody is looking any more.
        log.info("window not updated", extra=fields(error=api_errors.code(error)))


async def _share(click: Click) -> None:
    answer = click.answer()
    said = message(answer, shared_by=click.user)
    if not await click.respond(said, response_type="in_channel", replace_original=False):
        await click.tell(answer.language, "share_failed")
    elif click.private:
        await click.respond({}, delete_original=True)


async def _feedback(click: Click) -> None:
    verdict, _, rest = click.value.partition(" ")
    language, question = asked(rest)
    answer = answer_for(click.services, click.team, click.user, question, language)
    entry = answer.matches[0].id if answer.matches else ""
    log.info("feedback", extra=fields(helpful=verdict == "right", entry=entry, kind=answer.kind, language=language))
    if click.services.store is not None:
        from bot.store.records import Feedback

        given = Feedback(click.team, click.user, entry, answer.kind, verdict == "right", "", int(time.time()))
        await click.services.store.add_feedback(given)
    thanks = SAY(language, "thanks_right" if verdict == "right" else "thanks_wrong")
    if click.private:
        await click.show(message(answer, note=thanks, feedback=False))
    else:
        await click.tell(language, "thanks_right" if verdict == "right" else "thanks_wrong")
