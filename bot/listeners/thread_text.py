"""What a thread is about, read from the thread: the question that our last answer carries, or the last line with a state."""

import logging
from typing import Any, NamedTuple

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot import api_errors
from bot.listeners.message_text import evidence
from bot.listeners.posting import EVENT
from bot.listeners.replies import scope_of
from bot.logs import fields
from knowledge.base import KnowledgeBase

log = logging.getLogger(__name__)

MESSAGES = 15
"""As many as Slack gives to every app in one call."""


class Thread(NamedTuple):
    """`subject` is the question of our last answer there, `evidence` the last text with a state; `scope` what is missing."""

    subject: str = ""
    evidence: str = ""
    scope: str = ""


async def read_thread(
    client: AsyncWebClient, base: KnowledgeBase, channel: str, thread: str, but: str, bot_user: str | None
) -> Thread:
    """Reads a thread, without the message `but`. What may not be read is empty, with the permission that is missing."""
    try:
        answer = await client.conversations_replies(channel=channel, ts=thread, limit=MESSAGES, include_all_metadata=True)
    except SlackApiError as error:
        log.info("thread not read", extra=fields(error=api_errors.code(error)))
        return Thread(scope=scope_of(error, _scope(channel)) if api_errors.code(error) == "missing_scope" else "")
    except (aiohttp.ClientError, TimeoutError) as error:
        log.info("thread not read", extra=fields(error=type(error).__name__))
        return Thread()
    subject = found = ""
    for message in answer.get("messages") or []:
        if message.get("ts") == but:
            continue
        if bot_user and message.get("user") == bot_user:
            subject = _carried(message) or subject
            continue
        found = evidence(base, message) or found
    return Thread(subject, found)


def _carried(message: dict[str, Any]) -> str:
    about = message.get("metadata") or {}
    if about.get("event_type") != EVENT:
        return ""
    return str((about.get("event_payload") or {}).get("question") or "")


def _scope(channel: str) -> str:
    """The permission for a conversation by the letter that its id starts with; private channels may have either."""
    return {"D": "im:history", "G": "groups:history"}.get(channel[:1], "channels:history")
