"""Many workspaces: whose token answers a request, renewed before it expires, erased when a workspace leaves."""

import asyncio
import logging
import math
import time
from collections import OrderedDict
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.async_authorize import AsyncAuthorize
from slack_sdk.errors import SlackTokenRotationError
from slack_sdk.oauth.installation_store import Bot
from slack_sdk.oauth.token_rotation.async_rotator import AsyncTokenRotator
from slack_sdk.web.async_client import AsyncWebClient

from bot.logs import fields
from bot.once import Dispatch
from bot.payload import Fields
from bot.reply import Reply

if TYPE_CHECKING:
    from bot.store import Store
    from bot.store.installations import Installations

log = logging.getLogger(__name__)

FRESH_SECONDS = 60
"""How long a workspace that left, or changed its token, may go unnoticed by another process. Slack refuses its token at once."""
ABSENT_SECONDS = 5
RENEW_MINUTES = 120
"""A token that expires is renewed so long before its end; Slack's last for twelve hours."""
REMEMBERED = 20_000

_LEAVING = ("app_uninstalled", "tokens_revoked")


class Place(NamedTuple):
    """Where an app is installed: a workspace, or an organisation with all of its workspaces (`team` None)."""

    enterprise: str | None
    team: str | None


class Workspaces(AsyncAuthorize):
    """The authorisation of every request, and the end of an installation."""

    def __init__(self, store: "Store", held: "Installations", client: AsyncWebClient, client_id: str, client_secret: str) -> None:
        self._store, self._held = store, held
        held.saved = self.forget
        self._rotator = AsyncTokenRotator(client_id=client_id, client_secret=client_secret, client=client)
        self._known: OrderedDict[Place, tuple[AuthorizeResult | None, float]] = OrderedDict()
        self._reading: dict[Place, asyncio.Task[AuthorizeResult | None]] = {}

    async def __call__(
        self, *, context: Any, enterprise_id: str | None, team_id: str | None, user_id: str | None = None, **_: Any
    ) -> AuthorizeResult | None:
        """The token for a request; None where the app is not installed there (any more)."""
        whole = bool(getattr(context, "is_enterprise_install", False))
        place = Place(enterprise_id, None if whole else team_id)
        result, until = self._known.get(place, (None, 0.0))
        if until > time.monotonic():
            return result
        reading = self._reading.get(place)
        if reading is None:
            reading = self._reading[place] = asyncio.create_task(self._look_up(place))
            reading.add_done_callback(lambda _: self._reading.pop(place, None))
        return await asyncio.shield(reading)

    def watching(self, through: Dispatch) -> Dispatch:
        """`through`, but for the events by which Slack says that an installation ends: they come without a token to use."""

        async def dispatched(payload: Fields, retry: Mapping[str, str]) -> Reply:
            event = payload.get("event")
            if not isinstance(event, dict) or event.get("type") not in _LEAVING:
                return await through(payload, retry)
            await self.erase(payload)
            return Reply()

        return dispatched

    async def erase(self, payload: Fields) -> None:
        """Erases what such an event ends: an uninstalled workspace whole, of revoked tokens the tokens.

        An event that is older than the installation belongs to an earlier one and erases nothing.
        """
        event: Fields = payload["event"]
        place = Place(payload.get("enterprise_id"), payload.get("team_id"))
        ids: dict[str, Any] = {"enterprise_id": place.enterprise, "team_id": place.team}
        bot = await self._held.async_find_bot(**ids)
        if bot is not None and bot.installed_at > float(payload.get("event_time") or time.time()) + 1:
            log.info("older than the installation", extra=fields(event=event["type"]))
            return
        if event["type"] == "app_uninstalled":
            await self._held.async_delete_all(**ids)
            if place.team:
                await self._store.forget_team(place.team)
        else:
            tokens = event.get("tokens")
            tokens = tokens if isinstance(tokens, dict) else {}
            if tokens.get("bot"):
                await self._held.async_delete_bot(**ids)
            for user in tokens.get("oauth") or ():
                await self._held.async_delete_installation(**ids, user_id=str(user))
        self.forget(*place)
        log.info("installation ended", extra=fields(event=event["type"]))

    def forget(self, enterprise: str | None, team: str | None) -> None:
        """Has the next request from a place ask the database: it was installed there just now, or left."""
        place = Place(enterprise, team)
        for known in [p for p in self._known if p == place or (team is None and p.enterprise == enterprise)]:
            del self._known[known]

    async def _look_up(self, place: Place) -> AuthorizeResult | None:
        bot = await self._held.async_find_bot(enterprise_id=place.enterprise, team_id=place.team)
        if bot is None and place.enterprise and place.team:
            bot = await self._held.async_find_bot(enterprise_id=place.enterprise, team_id=None, is_enterprise_install=True)
        if bot is not None and _expires(bot, RENEW_MINUTES * 60):
            bot = await self._renewed(bot)
        result, seconds = None, float(ABSENT_SECONDS)
        if bot is not None and not _expires(bot, 0):
            result, seconds = _result(bot), min(FRESH_SECONDS, (bot.bot_token_expires_at or math.inf) - time.time())
        self._known[place] = (result, time.monotonic() + seconds)
        self._known.move_to_end(place)
        if len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
        return result

    async def _renewed(self, bot: Bot) -> Bot:
        """The bot with a new token. A refresh token is good once, so one process asks and the others read what it got."""
        key = f"renew:{bot.enterprise_id}:{bot.team_id}:{bot.bot_token_expires_at}"
        for _ in range(10):
            if (await self._store.claims.claim(key)).value in ("mine", "again"):
                try:
                    return await self._renew(bot, key)
                except SlackTokenRotationError:
                    await self._store.claims.release([key])
                    log.error("token not renewed", extra=fields(seconds_left=int((bot.bot_token_expires_at or 0) - time.time())))
                    return bot
            await asyncio.sleep(0.2)
            whole = {"is_enterprise_install": True} if bot.is_enterprise_install else {}
            found = await self._held.async_find_bot(enterprise_id=bot.enterprise_id, team_id=bot.team_id, **whole)
            if found is not None and not _expires(found, RENEW_MINUTES * 60):
                return found
        return bot

    async def _renew(self, bot: Bot, key: str) -> Bot:
        renewed = await self._rotator.perform_bot_token_rotation(bot=bot, minutes_before_expiration=RENEW_MINUTES)
        if renewed is None:
            return bot
        await self._held.async_save_bot(renewed)
        await self._store.claims.done([key])
        log.info("token renewed")
        return renewed


def _expires(bot: Bot, seconds: float) -> bool:
    return bot.bot_token_expires_at is not None and bot.bot_token_expires_at < time.time() + seconds


def _result(bot: Bot) -> AuthorizeResult:
    return AuthorizeResult(
        enterprise_id=bot.enterprise_id, team_id=bot.team_id, team=bot.team_name, bot_id=bot.bot_id, bot_user_id=bot.bot_user_id,
        bot_token=bot.bot_token, bot_scopes=list(bot.bot_scopes or ()),
    )  # fmt: skip
