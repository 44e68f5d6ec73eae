"""What every listener works with: the knowledge, the store, what is remembered of people and places, background work."""

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from slack_sdk.web.async_client import AsyncWebClient

from bot.asked import Asked
from bot.delivery import surface
from bot.languages import Languages
from bot.limits import RateLimit
from bot.metrics import Metrics
from bot.reports import Reports
from bot.tasks import Tasks
from bot.teams import Teams
from bot.threads import Threads
from knowledge.answer_model import Answer
from knowledge.base import KnowledgeBase

if TYPE_CHECKING:
    from bot.store import Store

READ_SECONDS = 0.25
"""How long a first answer waits for what is stored about its asker; a database that is slower is not waited for."""

LOCALE_SECONDS = 0.7
"""How long an answer outside of an ack waits for the asker's Slack locale, once a day."""


@dataclass
class Services:
    """One set per process. `store` is None where nothing is to be kept (tests, a playground without a folder); `reference` is
    the address of the pages that answers link to, empty where there are none."""

    base: KnowledgeBase
    tasks: Tasks
    limit: RateLimit
    store: "Store | None" = None
    reports: Reports = field(default_factory=Reports)
    metrics: Metrics = field(default_factory=Metrics)
    reference: str = ""
    asked: Asked = field(init=False)
    languages: Languages = field(init=False)
    teams: Teams = field(init=False)
    threads: Threads = field(init=False)

    def __post_init__(self) -> None:
        self.asked = Asked(self.base)
        self.languages = Languages(self.tasks, self.store)
        self.teams = Teams(self.tasks, self.store)
        self.threads = Threads()

    async def prepare(self, team: str, user: str) -> None:
        """Before a first answer: one short read of what is kept about asker and workspace. No read where both are known."""
        readings = [r for r in (self.languages.reading(team, user), self.teams.reading(team)) if r is not None]
        if readings:
            await asyncio.wait(readings, timeout=READ_SECONDS)

    async def meet(self, team: str, user: str, client: AsyncWebClient, seconds: float = LOCALE_SECONDS) -> None:
        """Before an answer that need not be there at once: what Slack says of a stranger's language is waited for too."""
        await self.prepare(team, user)
        if not self.languages.met(team, user):
            await asyncio.wait((self.tasks.start(self.languages.look_up(team, user, client), "languages"),), timeout=seconds)

    def after(self, team: str, user: str, client: AsyncWebClient, answer: Answer | None = None) -> None:
        """After an answer: counts it (never its words, unless the workspace keeps misses), and renews what is known."""
        self.languages.learn(team, user, client)
        self.teams.refresh(team)
        if answer is not None:
            self.metrics.question(surface(), answer.kind, answer.language)
        if answer is not None and self.store is not None:
            self._count(self.store, team, answer)

    def _count(self, store: "Store", team: str, answer: Answer) -> None:
        settings = self.teams.get(team).settings
        missed = answer.kind == "nothing" and settings is not None and settings.keep_misses
        entry = answer.matches[0].id if answer.matches else None
        store.count(team, answer.kind, entry, _without_addresses(answer.question) if missed else None)


def _without_addresses(words: str) -> str:
    """A question without what may name a machine or a person: every word with a digit, a dot, an @ or a slash in it."""
    return " ".join("…" if any(c.isdigit() or c in ".@/:=" for c in word.strip(".,:;!?")) else word for word in words.split())
