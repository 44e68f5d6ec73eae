"""What a conversation is about, and which message of ours answers which question: in this process's memory."""

from collections import OrderedDict
from typing import NamedTuple, TypeVar

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

    def __init__(self) -> None:
        self._subjects: OrderedDict[Place, str] = OrderedDict()
        self._replies: OrderedDict[tuple[str, str, str], tuple[str, str]] = OrderedDict()

    def subject(self, place: Place) -> str:
        """What was last answered there, as a question that can be asked again; empty where that is not known."""
        return self._subjects.get(place, "")

    def reply(self, team: str, channel: str, ts: str) -> tuple[str, str]:
        """The ts of our answer to the message `ts` and the question that it answers; empty where there is none to update."""
        return self._replies.get((team, channel, ts), ("", ""))

    def replied(self, place: Place, ts: str, reply: str, question: str) -> None:
        """Remembers which message of ours answers which, and that this is what the conversation is about now."""
        _keep(self._replies, (place.team, place.channel, ts), (reply, question))
        _keep(self._subjects, place, question)


def _keep(memory: "OrderedDict[K, V]", key: K, value: V) -> None:
    memory[key] = value
    memory.move_to_end(key)
    if len(memory) > REMEMBERED:
        memory.popitem(last=False)
