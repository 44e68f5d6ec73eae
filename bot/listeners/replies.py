"""How listeners answer: the same question to the knowledge base, the same message, the interaction's response_url."""

import logging
from typing import Any

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.logs import fields
from bot.services import Services
from knowledge.answer import answer_question
from knowledge.answer_model import Answer
from knowledge.language import sentences
from knowledge.model import Language
from knowledge.question import read

log = logging.getLogger(__name__)

SAY = sentences("slack", "bot").say
QUIET = {"unfurl_links": False, "unfurl_media": False}


def answer_for(services: Services, team: str, user: str, text: str, language: Language | None = None) -> Answer:
    """The answer to what a user asked, in `language` or the one that suits the user."""
    question = read(text, services.base)
    return answer_question(services.base, question, language or services.languages.choose(team, user, question))


async def respond(client: AsyncWebClient, response_url: str, message: dict[str, Any]) -> bool:
    """Sends a message to an interaction's response_url (five times in 30 minutes); False, and a log line, where Slack refused."""
    webhook = AsyncWebhookClient(
        response_url, session=client.session, proxy=client.proxy, ssl=client.ssl, logger=client._logger,
        retry_handlers=client.retry_handlers,
    )  # fmt: skip
    try:
        answer = await webhook.send_dict({**QUIET, **message})
    except (aiohttp.ClientError, TimeoutError) as error:
        log.warning("response_url failed", extra=fields(error=type(error).__name__))
        return False
    if answer.status_code != 200:
        log.warning("response_url refused", extra=fields(status=answer.status_code))
        return False
    return True
