"""Which language somebody is answered in: own choice, then the script of the question, then Slack locale, then workspace.

Nothing here waits before an answer: what is not known yet is looked up afterwards and serves from the next question on.
"""

import logging
import time
from collections import OrderedDict
from typing import TYPE_CHECKING, NamedTuple

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
RETRY_SECONDS = 600
"""How long a look-up that failed is left alone."""

_NOT_OWN_WORDS = ("line", "paste", "message", "directive", "timer", "events", "help", "list", "empty")
"""Kinds of question whose Latin words are HAProxy's or a command, not the asker's language."""


class Known(NamedTuple):
    """What is known of one user's languages, and until when (monotonic seconds)."""

    chosen: Language | None
    locale: Language | None
    default: Language | None
    until: float


def of_locale(locale: str) -> Language:
    """The language for a Slack locale: every Chinese one (zh-CN, zh-TW …) is Chinese, all others English."""
    return "zh" if locale.lower().startswith("zh") else "en"


class Languages:
    """What is known, per user, in memory; kept in the store where there is one."""

    def __init__(self, tasks: Tasks, store: "Store | None") -> None:
        self._tasks, self._store = tasks, store
        self._known: OrderedDict[tuple[str, str], Known] = OrderedDict()

    def choose(self, team: str, user: str, question: Question) -> Language:
        """The language to answer in, from what is known now."""
        known = self._known.get((team, user), Known(None, None, None, 0))
        script = detect(question.text)
        if script == "en" and question.kind in _NOT_OWN_WORDS:
            script = None
        return known.chosen or script or known.locale or known.default or "en"

    def learn(self, team: str, user: str, client: AsyncWebClient) -> None:
        """Looks up, after the answer, what is not known of a user. Costs nothing where it is known."""
        known = self._known.get((team, user))
        if known is not None and known.until > time.monotonic():
            return
        self._keep(team, user, (known or Known(None, None, None, 0))._replace(until=time.monotonic() + RETRY_SECONDS))
        self._tasks.start(self._look_up(team, user, client), "languages")

    def forget(self, team: str, user: str) -> None:
        """Drops what is known of a user, after a choice has been stored."""
        self._known.pop((team, user), None)

    def _keep(self, team: str, user: str, known: Known) -> None:
        self._known[team, user] = known
        self._known.move_to_end((team, user))
        if len(self._known) > REMEMBERED:
            self._known.popitem(last=False)

    async def _look_up(self, team: str, user: str, client: AsyncWebClient) -> None:
        chosen = default = None
        locale, read_at = "", 0
        if self._store is not None:
            chosen, stored, default, read_at = await self._store.languages(team, user)
            locale = stored or ""
        seconds = LOCALE_SECONDS - (time.time() - read_at)
        if seconds <= 0 or not locale:
            seconds = LOCALE_SECONDS
            try:
                answer = await client.users_info(user=user, include_locale=True)
                locale = str(answer["user"].get("locale") or "")
            except SlackApiError as error:
                # Without the scope users:read the questions' own script still decides.
                log.info("no locale", extra=fields(reason=api_errors.code(error)))
                seconds = RETRY_SECONDS
            else:
                if self._store is not None and locale:
                    await self._store.keep_locale(team, user, locale)
        language = of_locale(locale) if locale else None
        self._keep(team, user, Known(chosen, language, default, time.monotonic() + seconds))
