"""Who works on which delivery: keys with a lease in the database, so that many processes give one answer.

A claim lasts `lease` seconds and is renewed while its process lives. A process that dies stops renewing, and the next
delivery of the same key takes the claim over; a key that was answered stays answered. Keys that are asked for at the same
time share one statement.
"""

import asyncio
import json
import time
from collections.abc import Collection, Iterable
from concurrent.futures import ThreadPoolExecutor
from enum import Enum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

LEASE_SECONDS = 2.0
"""How long a claim outlives its process: less than the three seconds that Slack waits, so that its first retry gets it."""
AT_ONCE = 500


class Claim(Enum):
    """What a caller got: the key for the first time, the key of somebody who did not finish, or nothing."""

    MINE = "mine"
    AGAIN = "again"
    BUSY = "busy"
    DONE = "done"


_KEYS = {
    "postgresql": "SELECT json_array_elements_text(CAST(:keys AS json)) AS k",
    "sqlite": "SELECT value AS k FROM json_each(:keys)",
}
# Sorted, because two processes that lock the same rows in different orders would wait for each other. `WHERE true` tells
# SQLite's parser that ON CONFLICT does not belong to a join.
_TAKE = (
    "INSERT INTO seen (key, at, until, tries) SELECT k, :at, :until, 1 FROM ({keys} ORDER BY 1) AS given WHERE true "
    "ON CONFLICT (key) DO UPDATE SET until = excluded.until, tries = seen.tries + 1 WHERE seen.until < :now "
    "RETURNING key, tries"
)
_HELD = "SELECT key, until FROM seen WHERE key IN ({keys})"
_RENEW = "UPDATE seen SET until = :until WHERE until IS NOT NULL AND key IN ({keys})"
# Also what was handled while the database was away, and so never claimed.
_DONE = (
    "INSERT INTO seen (key, at, until, tries) SELECT k, :at, NULL, 1 FROM ({keys} ORDER BY 1) AS given WHERE true "
    "ON CONFLICT (key) DO UPDATE SET until = NULL"
)


class Claims:
    """Claims on an engine of their own (`quick_engine(url)`); `close()` when done."""

    def __init__(self, engine: AsyncEngine | sa.Engine, lease: float = LEASE_SECONDS) -> None:
        self.lease = lease
        self._engine = engine
        self._thread = ThreadPoolExecutor(1, "claims") if isinstance(engine, sa.Engine) else None
        self._sql = {
            name: sa.text(text.format(keys=_KEYS[engine.dialect.name]))
            for name, text in (("take", _TAKE), ("held", _HELD), ("renew", _RENEW), ("done", _DONE))
        }
        self._waiting: dict[str, asyncio.Future[Claim]] = {}
        self._taking: asyncio.Task[None] | None = None
        self._finished: set[str] = set()
        self._finishing: asyncio.Task[None] | None = None

    @property
    def shared(self) -> bool:
        """True where several processes are to be expected on the database."""
        return self._engine.dialect.name == "postgresql"

    async def claim(self, key: str) -> Claim:
        """Takes a key, or says why not. SQLAlchemyError or OSError where the database does not answer."""
        if key in self._waiting:
            return Claim.BUSY
        future: asyncio.Future[Claim] = asyncio.get_running_loop().create_future()
        self._waiting[key] = future
        if self._taking is None or self._taking.done():
            self._taking = asyncio.create_task(self._take_waiting())
        return await future

    async def done(self, keys: Iterable[str]) -> None:
        """Marks keys as answered for good. Errors as `claim`'s."""
        self._finished.update(keys)
        if self._finishing is None or self._finishing.done():
            self._finishing = asyncio.create_task(self._finish())
        await asyncio.shield(self._finishing)

    async def renew(self, keys: Collection[str]) -> None:
        """Makes claims last another lease. Errors as `claim`'s."""
        await self._run("renew", keys, until=_now() + int(self.lease * 1000))

    async def release(self, keys: Collection[str]) -> None:
        """Gives claims up, so that the next delivery takes them over at once. Errors as `claim`'s."""
        await self._run("renew", keys, until=0)

    async def close(self) -> None:
        """Gives the connections back."""
        if isinstance(self._engine, sa.Engine):
            assert self._thread is not None
            await asyncio.get_running_loop().run_in_executor(self._thread, self._engine.dispose)
            self._thread.shutdown()
        else:
            await self._engine.dispose()

    async def _take_waiting(self) -> None:
        while self._waiting:
            batch = {key: self._waiting[key] for key in list(self._waiting)[:AT_ONCE]}
            try:
                found = await self._take(batch)
            except Exception as error:
                for key, future in batch.items():
                    self._waiting.pop(key)
                    if not future.done():
                        future.set_exception(error)
                continue
            for key, future in batch.items():
                self._waiting.pop(key)
                if not future.done():
                    future.set_result(found[key])

    async def _take(self, keys: Collection[str]) -> dict[str, Claim]:
        now = _now()
        rows = await self._run("take", keys, at=now // 1000, now=now, until=now + int(self.lease * 1000))
        found = {row[0]: Claim.MINE if row[1] == 1 else Claim.AGAIN for row in rows}
        rest = [key for key in keys if key not in found]
        if rest:
            done = {row[0] for row in await self._run("held", rest) if row[1] is None}
            found.update((key, Claim.DONE if key in done else Claim.BUSY) for key in rest)
        return found

    async def _finish(self) -> None:
        while self._finished:
            batch, self._finished = self._finished, set()
            await self._run("done", batch, at=_now() // 1000)

    async def _run(self, name: str, keys: Collection[str], **values: int) -> list[Any]:
        given = {"keys": json.dumps(sorted(keys)), **values}
        if isinstance(self._engine, sa.Engine):
            return await asyncio.get_running_loop().run_in_executor(self._thread, self._run_here, self._engine, name, given)
        for last in (False, True):
            try:
                async with self._engine.begin() as connection:
                    return _rows(await connection.execute(self._sql[name], given))
            except sa.exc.DBAPIError as error:
                if last or not error.connection_invalidated:
                    raise
        return []

    def _run_here(self, engine: sa.Engine, name: str, given: dict[str, Any]) -> list[Any]:
        with engine.begin() as connection:
            return _rows(connection.execute(self._sql[name], given))


def _rows(result: "sa.CursorResult[Any]") -> list[Any]:
    return list(result) if result.returns_rows else []


def _now() -> int:
    return time.time_ns() // 1_000_000
