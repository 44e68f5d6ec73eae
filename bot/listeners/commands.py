"""The slash command: an answer goes into the ack; what writes or asks Slack follows through the response_url.

Bolt has no part in it: it would take longer than guard and answer together (docs/performance.md), and its part of a command
is authorisation alone.
"""

import logging
import re
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from slack_bolt.authorization.async_authorize import AsyncAuthorize
from slack_bolt.context.async_context import AsyncBoltContext
from slack_sdk.web.async_client import AsyncWebClient

from bot import reply
from bot.listeners import subcommands
from bot.listeners.admins import Admins
from bot.listeners.replies import QUIET, SAY, TALK, answer_for, said
from bot.listeners.subcommands import Command
from bot.payload import Fields
from bot.render.blocks import notice
from bot.reply import Reply
from bot.services import Services
from knowledge.answer_model import Answer
from knowledge.language import detect

log = logging.getLogger(__name__)

_PUBLIC = re.compile(r"(?:public|everyone|公开)(?:\s+|$)", re.IGNORECASE)
_KEPT = 512
_CLIENTS = 1_000


class Commands:
    """Takes every command that the manifest gives this app, whatever its name (`/haflag-staging`).

    `client` makes a Web API client from a bot token.
    """

    def __init__(
        self, services: Services, admins: Admins, authorize: AsyncAuthorize, client: Callable[[str], AsyncWebClient]
    ) -> None:
        self._services, self._admins, self._authorize, self._client = services, admins, authorize, client
        self._clients: OrderedDict[str, AsyncWebClient] = OrderedDict()
        self._replies: OrderedDict[tuple[int, bool], tuple[Answer, Reply]] = OrderedDict()

    async def __call__(self, payload: Fields) -> Reply:
        """The ack of a checked command; never raises: a defect is logged without content and said to the asker."""
        text = str(payload.get("text") or "").strip()
        try:
            return await self._answer(payload, text)
        except Exception as error:
            log.error("command failed", exc_info=error)
            return _notice(SAY(detect(text) or "en", "failed"))

    async def _answer(self, payload: Fields, text: str) -> Reply:
        team, user = str(payload["team_id"]), str(payload["user_id"])
        client = await self._authorized(payload, team, user)
        if client is None:
            return _notice(SAY(detect(text) or "en", "not_connected"))
        services = self._services
        services.teams.meet(user, str(payload.get("user_name") or ""))
        seconds = services.limit.wait(team, user)
        if not seconds and (run := subcommands.named(text)):
            command = Command(services, self._admins, client, payload, team, user)
            services.tasks.start(subcommands.handle(command, *run), "command")
            return Reply()
        await services.prepare(team, user)
        public = _PUBLIC.match(text)
        question = text[public.end() :] if public else text
        answer = answer_for(services, team, user, "" if seconds else question)
        if seconds:
            return _notice(SAY(answer.language, "slow_down", seconds=int(seconds) + 1))
        services.after(team, user, client, answer)
        if public and not question:
            return _notice(TALK(answer.language, "public_what"))
        if public and answer.kind not in ("nothing", "error", "help"):
            shared = said(services, team, answer, public=True, shared_by=user)
            return reply.of({"response_type": "in_channel", **QUIET, **shared})
        return self._private(team, answer)

    async def _authorized(self, payload: Fields, team: str, user: str) -> AsyncWebClient | None:
        """A client with the token for this workspace; None where the app is not installed there (any more)."""
        whole = payload.get("is_enterprise_install") == "true"
        result = await self._authorize(
            context=AsyncBoltContext({"is_enterprise_install": whole}), enterprise_id=payload.get("enterprise_id"),
            team_id=None if whole else team, user_id=user,
        )  # fmt: skip
        if result is None or not result.bot_token:
            return None
        client = self._clients.get(result.bot_token)
        if client is None:
            client = self._clients[result.bot_token] = self._client(result.bot_token)
            if len(self._clients) > _CLIENTS:
                self._clients.popitem(last=False)
        return client

    def _private(self, team: str, answer: Answer) -> Reply:
        """The answer for the asker alone. What no note of the team stands below is kept, as bytes, with its answer."""
        services = self._services
        noted = bool(services.teams.get(team).notes)
        key = (id(answer), services.store is not None)
        kept = None if noted else self._replies.get(key)
        if kept is not None and kept[0] is answer:
            self._replies.move_to_end(key)
            return kept[1]
        made = reply.of(_ephemeral(said(services, team, subcommands.with_commands(answer))))
        if not noted:
            self._replies[key] = answer, made
            if len(self._replies) > _KEPT:
                self._replies.popitem(last=False)
        return made


def _ephemeral(message: dict[str, Any]) -> dict[str, Any]:
    return {"response_type": "ephemeral", **QUIET, **message}


def _notice(text: str) -> Reply:
    return reply.of(_ephemeral(notice(text)))
