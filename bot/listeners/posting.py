"""Posting an answer where it was asked: in the thread, else to the asker directly with the reason why not there."""

import logging
from dataclasses import dataclass
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot import api_errors
from bot.delivery import current, fail
from bot.listeners.replies import QUIET, TALK, scope_of
from bot.logs import fields
from bot.render.blocks import notice
from knowledge.model import Language

log = logging.getLogger(__name__)

EVENT = "haflag_answer"
"""The event type of the metadata in which an answer carries its own question."""
LOOKED_AT = 100
"""Messages since a question that are searched for its answer; Slack gives fewer to some apps."""
_TOKEN = frozenset({"token_revoked", "token_expired", "invalid_auth", "account_inactive", "not_authed", "missing_scope"})
"""Refusals that hold for every other call too."""


@dataclass(frozen=True)
class Spot:
    """Where to answer, and whom. `thread` is empty outside of threads."""

    channel: str
    thread: str
    user: str
    language: Language

    @property
    def direct(self) -> bool:
        """True in a direct message."""
        return self.channel.startswith("D")


async def post(client: AsyncWebClient, spot: Spot, message: dict[str, Any], question: str = "") -> str:
    """Posts, and gives the message's ts; empty where it could not be posted there. `question` lets a thread be continued."""
    sent: dict[str, Any] = {"channel": spot.channel, **QUIET, **message}
    if spot.thread:
        sent["thread_ts"] = spot.thread
    delivery = current()
    mark = delivery.mark if delivery else ""
    sent["metadata"] = {"event_type": EVENT, "event_payload": {"question": question[:500], "mark": mark}}
    if delivery and delivery.again and (ts := await _posted(client, spot, mark)):
        return ts
    try:
        answer = await client.chat_postMessage(**sent)
    except SlackApiError as error:
        if api_errors.passing(error):
            fail()
        await _elsewhere(client, spot, message, error)
    except (aiohttp.ClientError, TimeoutError) as error:
        fail()
        log.warning("answer not posted", extra=fields(error=type(error).__name__))
    else:
        return str(answer["ts"])
    return ""


async def _posted(client: AsyncWebClient, spot: Spot, mark: str) -> str:
    """The ts of the answer that a process posted before it died, empty where there is none or it cannot be seen."""
    asked = mark.rpartition(":")[2]  # the ts of the question, for a mark that is a message's
    where: dict[str, Any] = {"channel": spot.channel, "limit": LOOKED_AT, "include_all_metadata": True}
    if asked.replace(".", "", 1).isdecimal():
        where["oldest"] = asked
    try:
        if spot.thread:
            found = await client.conversations_replies(ts=spot.thread, **where)
        else:
            found = await client.conversations_history(**where)
    except (SlackApiError, aiohttp.ClientError, TimeoutError):
        return ""
    for message in found.get("messages") or []:
        about = message.get("metadata") or {}
        if about.get("event_type") == EVENT and (about.get("event_payload") or {}).get("mark") == mark:
            return str(message.get("ts") or "")
    return ""


async def update(client: AsyncWebClient, channel: str, ts: str, message: dict[str, Any]) -> bool:
    """Puts a message in the place of one of ours; False, and a log line, where Slack refused."""
    try:
        await client.chat_update(channel=channel, ts=ts, **message)
    except SlackApiError as error:
        log.warning("answer not updated", extra=fields(error=api_errors.code(error)))
        return False
    except (aiohttp.ClientError, TimeoutError) as error:
        log.warning("answer not updated", extra=fields(error=type(error).__name__))
        return False
    return True


async def whisper(client: AsyncWebClient, spot: Spot, text: str) -> None:
    """Says one sentence to the asker alone, in the place where he asked; in a direct message plainly."""
    if spot.direct:
        await post(client, spot, notice(text))
        return
    place: dict[str, Any] = {"channel": spot.channel, "user": spot.user, **({"thread_ts": spot.thread} if spot.thread else {})}
    try:
        await client.chat_postEphemeral(**place, **notice(text))
    except SlackApiError as error:
        log.warning("not said", extra=fields(error=api_errors.code(error)))
    except (aiohttp.ClientError, TimeoutError) as error:
        log.warning("not said", extra=fields(error=type(error).__name__))


async def _elsewhere(client: AsyncWebClient, spot: Spot, message: dict[str, Any], error: SlackApiError) -> None:
    """A refused answer goes to the asker's direct messages with the reason; with a token that fails, to the log."""
    code = api_errors.code(error)
    scope = scope_of(error) if code == "missing_scope" else None
    log.warning("answer refused", extra=fields(error=code, **({"scope": scope} if scope else {})))
    if code in _TOKEN or spot.direct or api_errors.passing(error):
        return
    key = "could_not_archived" if code == "is_archived" else "could_not_post"
    why = TALK(spot.language, key, channel=f"<#{spot.channel}>", error=code)
    context = {"type": "context", "elements": [{"type": "mrkdwn", "text": why}]}
    direct = {"text": message["text"], "blocks": [context, *message["blocks"]]}
    await tell(client, spot.user, direct)


async def tell(client: AsyncWebClient, user: str, message: dict[str, Any]) -> None:
    """Sends a message to somebody's direct messages, where nothing else is left to answer in; a log line where that fails."""
    try:
        await client.chat_postMessage(channel=user, **QUIET, **message)
    except (SlackApiError, aiohttp.ClientError, TimeoutError) as failed:
        reason = api_errors.code(failed) if isinstance(failed, SlackApiError) else type(failed).__name__
        log.warning("not said in the direct message either", extra=fields(error=reason))
