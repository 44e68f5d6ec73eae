"""Which language somebody is answered in: own choice, then the script of the question, then Slack locale, then workspace.

What is kept of somebody is read from the store once before the first answer and renewed after answers; what Slack alone
knows is asked for after an answer and serves from the next question on.
"""

import asyncio
import logging
import time
from collections import OrderedDict
from typing import TYPE_CHECKING, NamedTuple

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot import api_errors
from bot.logs import fields
from bot.tasks import Tasks
from knowledge.language import detect
from knowledge.model import Language
from knowledge.question import Question

if TYPE_CHECKING:
    from bot.store import Store

log = logging.getLogger(__name__)

REMEMBERED = 20_000
LOCALE_SECONDS = 24 * 3600
"""How long a Slack locale is believed."""
FRESH_SECONDS = 30.0
"""How long a choice that another process stored may stay unseen here."""
RETRY_SECONDS = 600
"""How long a look-up that failed is left alone."""

_NOT_OWN_WORDS = ("line", "paste", "message", "directive", "timer", "events", "help", "list", "empty")
"""Kinds of question whose Latin words are HAProxy's or a command, not the asker's language."""


class Known(NamedTuple):
    """What is known of one user's languages, and until when the store's and Slack's word hold (monotonic seconds)."""

    chosen: Language | None = None
    locale: Language | None = None
    default: Language | None = None
    kept_until: float = 0.0
    locale_until: float = 0.0


def of_locale(locale: str) -> Language | None:
    """The language for a Slack locale: every Chinese one (zh-CN, zh-TW …) is Chinese; None for those we do not speak."""
    language = locale.lower()[:2]
    return "zh" if language == "zh" else "en" if language == "en" else None


class Languages:
    """What is known, per user, in memory; kept in the store where there is one."""

    def __init__(self, tasks: Tasks, store: "Store | None") -> None:
        self._tasks, self._store = tasks, store
        self._known: OrderedDict[tuple[str, str], Known] = OrderedDict()

    def choose(self, team: str, user: str, question: Question) -> Language:
        """The language to answer in, from what is known now."""
        known = self._known.get((team, user), Known())
        script = detect(question.text)
        if script == "en" and question.kind in _NOT_OWN_WORDS:
            script = None
        return known.chosen or script or known.locale or known.default or "en"

    def reads(self, team: str, user: str) -> Language | None:
        """The language that suits a user for what somebody else wrote; None where nothing is known."""
        known = self._known.get((team, user), Known())
        return known.chosen or known.locale or known.default

    def own(self, team: str, user: str) -> Language:
        """The language of windows and pages that no question led to."""
        return self.reads(team, user) or "en"

    def chosen(self, team: str, user: str) -> Language | None:
        """What the user has chosen, None where the question decides."""
        return self._known.get((team, user), Known()).chosen

    def reading(self, team: str, user: str) -> asyncio.Task[None] | None:
        """The reading that a first answer should wait for; None where the user is known or nothing is kept."""
        if self._store is None or (team, user) in self._known:
            return None
        self._keep(team, user, Known(kept_until=time.monotonic() + FRESH_SECONDS))
        return self._tasks.start(self._read(team, user), "languages")

    def learn(self, team: str, user: str, client: AsyncWebClient) -> None:
        """Looks up, after the answer, what is not known of a user or has become old. Costs nothing where neither holds."""
        known, now = self._known.get((team, user), Known()), time.monotonic()
        if known.kept_until > now and known.locale_until > now:
            return
        ask = known.locale_until <= now
        renewed = known._replace(kept_until=now + FRESH_SECONDS)
        self._keep(team, user, renewed._replace(locale_until=now + RETRY_SECONDS) if ask else renewed)
        self._tasks.start(self._look_up(team, user, client, ask), "languages")

    def met(self, team: str, user: str) -> bool:
        """True where Slack need not be asked for a user's language: it was, or the user has chosen one."""
        known = self._known.get((team, user), Known())
        return known.chosen is not None or known.locale_until > time.monotonic()

    async def look_up(self, team: str, user: str, client: AsyncWebClient) -> None:
        """Looks up everything of a user now, for pages that may wait for it."""
        known, now = self._known.get((team, user), Known()), time.monotonic()
        ask = known.locale_until <= now
        if ask:
            self._keep(team, user, known._replace(locale_until=now + RETRY_SECONDS))
        await self._look_up(team, user, client, ask)

    async def set(self, team: str, user: str, language: Language | None) -> None:
        """Keeps a choice; None lets the question decide again."""
        if self._store is not None:
            await self._store.choose_language(team, user, language)
        self._keep(team, user, self._known.get((team, user), Known())._replace(chosen=language))

    def _keep(self, team: str, user: str, known: Known) -> None:
        self._known[team, user] = known
        self._known.move_to_end((team, user))
        if len(self._known) > REMEMBERED:
            self._known.popitem(last=False)

    async def _read(self, team: str, user: str) -> None:
        """Takes over what is stored."""
        if self._store is None:
            return
        chosen, locale, default, read_at = await self._store.languages(team, user)
        known = self._known.get((team, user), Known())
        spoken = of_locale(locale) if locale else known.locale
        left = LOCALE_SECONDS - (time.time() - read_at) if locale else 0.0
        until = max(known.locale_until, time.monotonic() + left) if left > 0 else known.locale_until
        self._keep(team, user, Known(chosen, spoken, default, time.monotonic() + FRESH_SECONDS, until))

    async def _look_up(self, team: str, user: str, client: AsyncWebClient, ask: bool) -> None:
        await self._read(team, user)
        if not ask or self._known.get((team, user), Known()).locale_until > time.monotonic() + RETRY_SECONDS:
            return
        try:
            answer = await client.users_info(user=user, include_locale=True)
        except SlackApiError as error:
            # Without the scope users:read the questions' own script still decides.
            log.info("no locale", extra=fields(reason=api_errors.code(error)))
            return
        except (aiohttp.ClientError, TimeoutError) as error:
            log.warning("no locale", extra=fields(reason=type(error).__name__))
            return
        locale = str(answer["user"].get("locale") or "")
        if locale and self._store is not None:
            await self._store.keep_locale(team, user, locale)
        known = self._known.get((team, user), Known())
        until = time.monotonic() + LOCALE_SECONDS
        self._keep(team, user, known._replace(locale=of_locale(locale), locale_until=until))
