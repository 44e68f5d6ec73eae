"""Counts of questions: gathered for a second and written together, so that answers do not wait for a disk."""

import asyncio
import logging
import time
import uuid
from collections import Counter
from importlib import import_module
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.logs import fields
from bot.store import tables as t

log = logging.getLogger(__name__)

DAY = 86400
WRITE_SECONDS = 1.0
WAITING = 10_000
"""Counts and words kept at most while the database does not take them."""


def insert(connection: AsyncConnection, table: sa.Table) -> Any:
    """An INSERT that knows ON CONFLICT, in the dialect of the connection."""
    # Each dialect takes 20 to 90 ms to load, and only one is used.
    return import_module(f"sqlalchemy.dialects.{connection.dialect.name}").insert(table)


class Tallies:
    """What is counted but not written yet."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._counts: Counter[tuple[str, int, str]] = Counter()
        self._words: list[tuple[str, str, int]] = []
        self._writing: asyncio.Task[None] | None = None
        self._lock = asyncio.Lock()

    def add(self, team: str, kind: str, entry: str | None, words: str | None) -> None:
        """Counts one question of today."""
        day = int(time.time()) // DAY
        if len(self._counts) < WAITING:
            self._counts[team, day, f"kind:{kind}"] += 1
            if entry:
                self._counts[team, day, f"entry:{entry}"] += 1
        if words and len(self._words) < WAITING:
            self._words.append((team, words[:200], int(time.time())))
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write_soon())

    async def write(self) -> None:
        """Writes what is counted. SQLAlchemyError or OSError where the database refuses; then it is kept for later."""
        async with self._lock:
            counts, self._counts = self._counts, Counter()
            words, self._words = self._words, []
            if not counts and not words:
                return
            try:
                async with self._engine.begin() as connection:
                    # Sorted: two processes that lock the same rows in different orders would wait for each other.
                    for (team, day, what), count in sorted(counts.items()):
                        statement = insert(connection, t.tallies).values(team=team, day=day, what=what, count=count)
                        more = {"count": t.tallies.c.count + count}
                        await connection.execute(
                            statement.on_conflict_do_update(index_elements=["team", "day", "what"], set_=more)
                        )
                    for team, text, created in words:
                        row = {"id": uuid.uuid4().hex, "team": team, "words": text, "created": created}
                        await connection.execute(sa.insert(t.misses).values(**row))
            except BaseException:
                self._counts.update(counts)
                self._words[:0] = words
                raise

    async def close(self) -> None:
        """Writes what is left."""
        if self._writing is not None:
            self._writing.cancel()
        try:
            await self.write()
        except (sa.exc.SQLAlchemyError, OSError) as error:
            log.error("counts lost", extra=fields(error=type(error).__name__))

    async def _write_soon(self) -> None:
        while self._counts or self._words:
            await asyncio.sleep(WRITE_SECONDS)
            try:
                await self.write()
            except (sa.exc.SQLAlchemyError, OSError) as error:
                log.warning("counts not written yet", extra=fields(error=type(error).__name__))
