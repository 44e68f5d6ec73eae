"""What every listener works with: the knowledge, the store, background work, languages, the rate limit."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.languages import Languages
from bot.limits import RateLimit
from bot.tasks import Tasks
from knowledge.base import KnowledgeBase

if TYPE_CHECKING:
    from bot.store import Store


@dataclass
class Services:
    """One set per process. `store` is None where nothing is to be kept (tests, a playground without a folder)."""

    base: KnowledgeBase
    tasks: Tasks
    limit: RateLimit
    store: "Store | None" = None
    languages: Languages = field(init=False)

    def __post_init__(self) -> None:
        self.languages = Languages(self.tasks, self.store)
