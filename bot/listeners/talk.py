"""Mentions and direct messages: answered where they were asked, once, whatever Slack delivers twice or people edit."""

import re
from dataclasses import dataclass
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext
from slack_sdk.web.async_client import AsyncWebClient

from bot.delivery import also
from bot.listeners import files
from bot.listeners.follow_up import follow_up, points_at_thread, points_back
from bot.listeners.message_text import evidence
from bot.listeners.posting import Spot, post, update, whisper
from bot.listeners.replies import SAY, TALK, answer_for, said, scopes
from bot.listeners.thread_text import Thread, read_thread
from bot.services import Services
from bot.threads import Place
from knowledge.answer_model import Answer
from knowledge.question import read

_OURS = (None, "", "file_share", "thread_broadcast")
"""Subtypes of messages that people write."""


SHORT = 200
"""Characters of a text beside which a forwarded message may be what is meant."""


@dataclass(frozen=True)
class Heard:
    """A message to the bot."""

    services: Services
    client: AsyncWebClient
    team: str
    bot_user: str | None
    event: dict[str, Any]
    channel: str
    user: str
    text: str
    granted: frozenset[str] = frozenset()

    @property
    def ts(self) -> str:
        return str(self.event.get("ts") or "")

    @property
    def direct(self) -> bool:
        return self.channel.startswith("D")

    @property
    def thread(self) -> str:
        """The thread to answer in: the message's own, in a channel else a new one below it."""
        return str(self.event.get("thread_ts") or ("" if self.direct else self.ts))

    @property
    def place(self) -> Place:
        return Place(self.team, self.channel, self.thread)

    def spot(self) -> Spot:
        question = read(self.text, self.services.base)
        return Spot(self.channel, self.thread, self.user, self.services.languages.choose(self.team, self.user, question))


def register(app: AsyncApp, services: Services) -> None:
    """Takes `app_mention` and every `message` event."""

    async def heard(
        ack: AsyncAck, event: dict[str, Any], body: dict[str, Any], client: AsyncWebClient, context: AsyncBoltContext
    ) -> None:
        await ack()
        message = event.get("message") if event.get("subtype") == "message_changed" else event
        granted = scopes(context)
        if not isinstance(message, dict) or not _for_us(message, event, context.bot_user_id, granted):
            return
        channel = str(event.get("channel") or "")
        team = str(body.get("team_id") or body.get("enterprise_id") or "")
        text = _without_mention(str(message.get("text") or ""), context.bot_user_id)
        if (shared := message.get("attachments")) and len(text) < SHORT:
            text = evidence(services.base, {"text": text, "attachments": shared}) or text
        said_to_us = Heard(services, client, team, context.bot_user_id, message, channel, str(message["user"]), text, granted)
        changed = message is not event
        services.tasks.start(edited(said_to_us) if changed else once(said_to_us), "talk")

    app.event("app_mention")(heard)
    app.event("message")(heard)


def _for_us(message: dict[str, Any], event: dict[str, Any], bot_user: str | None, granted: frozenset[str]) -> bool:
    """True for what a person says to the bot: in a direct message anything, elsewhere what mentions it. Never a bot's.

    A new message that mentions it comes as an `app_mention` too, where that is granted; then only that one counts: no store
    is needed to tell the two apart.
    """
    user = message.get("user")
    if not isinstance(user, str) or not user or user in (bot_user, "USLACKBOT"):
        return False
    if message.get("bot_id") or message.get("bot_profile") or message.get("subtype") not in _OURS:
        return False
    direct = str(event.get("channel") or "").startswith("D")
    if event.get("type") == "app_mention":
        return not direct
    if direct:
        return True
    twice = message is event and "app_mentions:read" in granted
    return not twice and bool(bot_user and f"<@{bot_user}" in str(message.get("text") or ""))


def _without_mention(text: str, bot_user: str | None) -> str:
    return re.sub(rf"<@{bot_user}(?:\|[^>]*)?>", " ", text).strip() if bot_user else text


async def once(heard: Heard) -> None:
    """Answers a message, unless it was answered when it came as another kind of event."""
    if await also(f"message:{heard.team}:{heard.channel}:{heard.ts}"):
        try:
            await answer(heard)
        except Exception:
            language = heard.services.languages.own(heard.team, heard.user)
            await whisper(heard.client, Spot(heard.channel, heard.thread, heard.user, language), SAY(language, "failed"))
            raise
    elif heard.event.get("edited"):
        await edited(heard)


async def answer(heard: Heard) -> None:
    """Answers a message where it was asked."""
    services = heard.services
    await services.meet(heard.team, heard.user, heard.client)
    spot = heard.spot()
    seconds = services.limit.wait(heard.team, heard.user)
    if seconds:
        await whisper(heard.client, spot, SAY(spot.language, "slow_down", seconds=int(seconds) + 1))
        return
    if heard.event.get("files"):
        await files.report(services, heard.client, heard.team, spot, heard.event["files"], heard.granted)
        services.after(heard.team, heard.user, heard.client)
        return
    found, note = await _answer(heard)
    message = said(services, heard.team, found, public=not heard.direct, share=False, note=note)
    ts = await post(heard.client, spot, message, found.question)
    if ts:
        services.threads.replied(heard.place, heard.ts, ts, found.question)
    services.after(heard.team, heard.user, heard.client, found)


async def edited(heard: Heard) -> None:
    """Changes the answer to a question that was edited; a message that had no answer gets none by being edited."""
    ts, before = heard.services.threads.reply(heard.team, heard.channel, heard.ts)
    if not ts or not heard.event.get("edited") or heard.event.get("files"):
        return
    found, note = await _answer(heard)
    if found.question == before:
        return
    message = said(heard.services, heard.team, found, public=not heard.direct, share=False, note=note)
    if await update(heard.client, heard.channel, ts, message):
        heard.services.threads.replied(heard.place, heard.ts, ts, found.question)


async def _answer(heard: Heard) -> tuple[Answer, str]:
    """The answer, with the conversation's subject where the message alone says too little; and a line below it."""
    services, text = heard.services, heard.text
    alone = answer_for(services, heard.team, heard.user, text)
    in_thread = bool(heard.event.get("thread_ts"))
    if not points_back(services.base, text) or (not text and not in_thread):
        return alone, ""
    subject = services.threads.subject(heard.place)
    thread = Thread()
    if in_thread and (not subject or points_at_thread(text)):
        thread = await read_thread(heard.client, services.base, heard.channel, heard.thread, heard.ts, heard.bot_user)
        subject = subject or thread.subject
    if points_at_thread(text) and thread.evidence:
        return answer_for(services, heard.team, heard.user, thread.evidence, alone.language), ""
    if found := follow_up(services.base, text, subject, alone.language):
        return found, ""
    if alone.matches or not in_thread:
        return alone, ""
    if thread.scope:
        return alone, TALK(alone.language, "thread_unread", scope=thread.scope)
    return alone, TALK(alone.language, "thread_nothing") if points_at_thread(text) else ""
