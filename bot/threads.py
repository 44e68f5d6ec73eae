"""What a conversation is about, which message of ours answers which question, and what was heard already: in memory."""

import logging
from collections import OrderedDict
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from bot.logs import fields

if TYPE_CHECKING:
    from bot.store import Store

log = logging.getLogger(__name__)

K = TypeVar("K")
V = TypeVar("V")

REMEMBERED = 20_000


class Place(NamedTuple):
    """A conversation: `thread` is its first message's ts, empty for a direct message outside of threads."""

    team: str
    channel: str
    thread: str


class Threads:
    """The last canonical question (never a pasted line) of each conversation, and the replies that can be updated."""

    def __init__(self, store: "Store | None") -> None:
        self._store = store
        self._subjects: OrderedDict[Place, str] = OrderedDict()
        self._replies: OrderedDict[tuple[str, str, str], str] = OrderedDict()
        self._heard: OrderedDict[str, None] = OrderedDict()

    def subject(self, place: Place) -> str:
        """What was last answered there, as a question that can be asked again; empty where that is not known."""
        return self._subjects.get(place, "")

    def about(self, place: Place, question: str) -> None:
        """Remembers what was answered."""
        _keep(self._subjects, place, question)

    def reply(self, team: str, channel: str, ts: str) -> str:
        """The ts of our answer to the message `ts`, empty where there is none to update."""
        return self._replies.get((team, channel, ts), "")

    def replied(self, team: str, channel: str, ts: str, reply: str) -> None:
        """Remembers which message answers which."""
        _keep(self._replies, (team, channel, ts), reply)

    async def first(self, key: str) -> bool:
        """True where this is the one to answer `key`: nobody did, here or in another process, and nobody is about to.

        A database out of reach must not silence the bot: then this process's own memory decides.
        """
        if key in self._heard:
            return False
        _keep(self._heard, key, None)
        if self._store is None:
            return True
        try:
            return (await self._store.claims.claim(key)).value in ("mine", "again")
        except Exception as error:
            log.error("deliveries are not compared with other processes", extra=fields(error=type(error).__name__))
            return True

    async def done(self, key: str) -> None:
        """Marks a key as answered for good; until then its claim runs out by itself, should this process die."""
        if self._store is not None:
            await self._store.claims.done((key,))


def _keep(memory: "OrderedDict[K, V]", key: K, value: V) -> None:
    memory[key] = value
    memory.move_to_end(key)
    if len(memory) > REMEMBERED:
        memory.popitem(last=False)
