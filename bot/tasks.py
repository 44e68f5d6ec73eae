"""Work that goes on after a request has been acked: kept, logged when it fails, waited for on shutdown."""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

from bot.delivery import current
from bot.logs import fields

log = logging.getLogger(__name__)


class Tasks:
    """Background tasks of one event loop."""

    def __init__(self) -> None:
        self._running: set[asyncio.Task[None]] = set()

    def __len__(self) -> int:
        return len(self._running)

    def start(self, work: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None]:
        """Runs `work` beside the request; an exception is logged under `name` and goes no further. Work that a listener
        starts is part of its delivery: an event is not acked before (`bot.once`)."""
        task = asyncio.create_task(self._guarded(work, name), name=name)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        if (delivery := current()) is not None:
            delivery.work.append(task)
        return task

    async def drain(self, seconds: float) -> None:
        """Waits for what is under way, at most `seconds`, then cancels the rest."""
        if not self._running:
            return
        _, late = await asyncio.wait(set(self._running), timeout=seconds)
        for task in late:
            task.cancel()
        if late:
            log.warning("work cancelled on shutdown", extra=fields(count=len(late)))

    async def _guarded(self, work: Coroutine[Any, Any, None], name: str) -> None:
        try:
            await work
        except Exception:
            log.exception("background work failed", extra=fields(work=name))
