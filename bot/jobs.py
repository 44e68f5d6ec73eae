"""What the bot does by the clock: drops what is too old. Any number of processes may do it at the same time."""

import asyncio
import logging
import random
from typing import TYPE_CHECKING

from bot.logs import fields

if TYPE_CHECKING:
    from bot.store import Store

log = logging.getLogger(__name__)

EVERY_SECONDS = 3600.0


async def tidy(store: "Store", retention_days: int) -> int:
    """Drops finished deliveries, OAuth states that ran out, and feedback and counts past their time; how many rows."""
    from bot.store.installations import OAuthStates

    gone = await store.forget_seen() + await OAuthStates(0, store.engine).forget()
    return gone + (await store.retain(retention_days) if retention_days else 0)


async def hourly(store: "Store", retention_days: int, every: float = EVERY_SECONDS) -> None:
    """Tidies for as long as the process lives, first after a few minutes, each process at a moment of its own."""
    while True:
        await asyncio.sleep(every * (0.05 + 0.95 * random.random()))  # noqa: S311 spreads load, guards nothing
        try:
            log.info("tidied", extra=fields(rows=await tidy(store, retention_days)))
        except Exception:
            log.exception("not tidied")
