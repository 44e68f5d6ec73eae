"""Who may do what: admins of the workspace as Slack says (`users:read`), authors of notes by the workspace's setting."""

import time
from collections import OrderedDict
from typing import TYPE_CHECKING

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.listeners.replies import TALK, refusal
from bot.services import Services
from knowledge.model import Language

if TYPE_CHECKING:
    from bot.store import Note

BELIEVED_SECONDS = 60.0
REMEMBERED = 5_000


class Denied(Exception):
    """Something that this person may not do, or that nobody can be asked about; the message says so to the person."""


class Admins:
    """Asks Slack whether somebody is an admin, and believes it for a minute."""

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[str, str], tuple[bool, float]] = OrderedDict()

    async def knows(self, client: AsyncWebClient, team: str, user: str, language: Language) -> bool:
        """True for an admin or owner. Denied, with the missing permission, where Slack does not say."""
        known, until = self._known.get((team, user), (False, 0.0))
        if until > time.monotonic():
            return known
        try:
            about = (await client.users_info(user=user))["user"]
        except SlackApiError as error:
            raise Denied(refusal(error, language)) from None
        except (aiohttp.ClientError, TimeoutError):
            raise Denied(TALK(language, "api_failed", error="timeout")) from None
        known = any(about.get(key) is True for key in ("is_admin", "is_owner", "is_primary_owner"))
        self._known[team, user] = (known, time.monotonic() + BELIEVED_SECONDS)
        if len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
        return known

    async def require(self, client: AsyncWebClient, team: str, user: str, language: Language) -> None:
        """Denied unless the person is an admin."""
        if not await self.knows(client, team, user, language):
            raise Denied(TALK(language, "admins_only"))

    async def may_write(self, services: Services, client: AsyncWebClient, team: str, user: str, language: Language) -> bool:
        """True where the person may write notes. Denied where that depends on what Slack does not say."""
        settings = services.teams.get(team).settings
        if settings is None or settings.notes_by == "everyone":
            return True
        return await self.knows(client, team, user, language)

    async def may_change(
        self, services: Services, client: AsyncWebClient, user: str, note: "Note", language: Language
    ) -> bool:
        """True for a note's author as long as he may write notes, and for admins."""
        if note.author == user and await self.may_write(services, client, note.team, user, language):
            return True
        return await self.knows(client, note.team, user, language)
