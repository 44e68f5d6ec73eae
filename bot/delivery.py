"""The delivery that the running code belongs to: what is claimed for it, which work it started, whether it failed."""

import asyncio
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from dataclasses import dataclass, field


@dataclass(eq=False, slots=True)
class Delivery:
    """What is being handled: the keys that are claimed for it and the work that its listener started. `end` is when Slack's
    patience ends (monotonic seconds)."""

    claim: Callable[["Delivery", str], Awaitable[bool]]
    surface: str
    end: float
    keys: list[str] = field(default_factory=list)
    work: list[asyncio.Task[None]] = field(default_factory=list)
    again: bool = False
    failed: bool = False
    lasts: bool = False

    @property
    def mark(self) -> str:
        """What an answer to it carries, so that whoever takes it over can find the answer."""
        return self.keys[-1] if self.keys else ""


CURRENT: ContextVar[Delivery | None] = ContextVar("delivery", default=None)


def current() -> Delivery | None:
    """The delivery that the running code belongs to."""
    return CURRENT.get()


def surface() -> str:
    """Where the question came from: command, mention, message, click, view, shortcut …"""
    delivery = CURRENT.get()
    return delivery.surface if delivery else "other"


def fail() -> None:
    """Says that what the running code had to do failed for a reason that passes: the event should come again."""
    delivery = CURRENT.get()
    if delivery:
        delivery.failed = True


def lasts() -> None:
    """Says that the asker knows that it will take its time: the event need not come again only because of that."""
    delivery = CURRENT.get()
    if delivery:
        delivery.lasts = True


async def also(key: str) -> bool:
    """Claims one more key for the running delivery (a message that comes as two events); False where another has it."""
    delivery = CURRENT.get()
    return True if delivery is None else await delivery.claim(delivery, key)
