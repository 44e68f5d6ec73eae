"""Every delivery is handled once, over all processes: claimed in the store, worked on, marked as answered, then acked.

Slack delivers an event again until it is acked: at once, after a minute, after five. So an event is acked when its work is
done, and refused where Slack's patience ends before: the next delivery finds it done, or waits. A process that dies in
between leaves a claim that runs out, and the next delivery takes it over. Commands and clicks are
never delivered again: they are acked at once, and claimed only so that a copy of them does nothing.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING

from bot.delivery import CURRENT, Delivery
from bot.logs import fields
from bot.metrics import Metrics
from bot.payload import Fields, name, safe
from bot.recent import Recent
from bot.reply import Reply

if TYPE_CHECKING:
    from bot.store.claims import Claim, Claims

log = logging.getLogger(__name__)

PATIENCE = 2.5
"""Seconds after which an event is refused, to come again, whatever it waits for: Slack waits three."""
POLL_SECONDS = 0.15
STORE_SECONDS = 1.5
"""Seconds that the store has to say whether a delivery is new, and to come back where it failed; without it, answering is
better than silence."""
REMEMBERED = 50_000

Dispatch = Callable[[Fields, Mapping[str, str]], Awaitable[Reply]]


class Deliveries:
    """Hands payloads to `dispatch`, each once. `claims` None: once per process."""

    def __init__(self, dispatch: Dispatch, claims: "Claims | None" = None, metrics: Metrics | None = None) -> None:
        self._dispatch, self._claims = dispatch, claims
        self.metrics = metrics or Metrics()
        self._answered = Recent(REMEMBERED)
        self._running: dict[str, asyncio.Future[None]] = {}
        self._held: set[str] = set()
        self._away = False
        self._tasks: set[asyncio.Task[None]] = set()
        self._beating: asyncio.Task[None] | None = None

    async def __call__(self, payload: Fields, retry: Mapping[str, str], envelope: str = "") -> Reply:
        """The answer to a checked payload; empty for a copy of an answered one, 503 for one that should come again."""
        kind, where, key = name(payload, envelope)
        started = time.monotonic()
        if not key:
            answer, outcome = await self._dispatch(payload, retry), "answered"
        elif kind == "event" or (self._claims is not None and self._claims.shared):
            delivery = Delivery(self.also, where, started + PATIENCE, [key])
            answer, outcome = await self._once(delivery, payload, retry, waits=kind == "event")
        else:
            answer, outcome = await self._at_once(Delivery(self.also, where, started + PATIENCE), key, payload, retry)
        self.metrics.delivered(kind, outcome, time.monotonic() - started)
        level = logging.DEBUG if outcome == "answered" else logging.INFO
        if log.isEnabledFor(level):
            seconds = round(time.monotonic() - started, 4)
            said = fields(payload=kind, surface=where, outcome=outcome, status=answer.status, seconds=seconds)
            log.log(level, "delivered", extra=said)
        return answer

    async def drain(self, seconds: float) -> None:
        """Waits until what is under way is marked as answered, at most `seconds`."""
        if self._tasks:
            await asyncio.wait(set(self._tasks), timeout=seconds)
        if self._beating is not None:
            self._beating.cancel()

    async def also(self, delivery: Delivery, key: str) -> bool:
        """Claims a further key for a delivery that is being handled. False where it was answered; where somebody else is
        at it, the answer is waited for, and failing that the delivery has to come again."""
        key = safe(key)
        end = delivery.end - 2 * POLL_SECONDS  # in time to say so
        while key not in self._answered:
            if key in self._running:
                await asyncio.wait((self._running[key],), timeout=max(0.0, end - time.monotonic()))
            else:
                claim = await self._take(key, end)
                if claim != "busy":
                    delivery.again |= claim == "again"
                    delivery.keys += [key] if claim != "done" else []
                    return claim != "done"
            if time.monotonic() + POLL_SECONDS >= end:
                delivery.failed = True
                break
        return False

    async def _take(self, key: str, end: float) -> str:
        """Claims a key that nobody in this process is at; waits until `end` for somebody elsewhere."""
        self._running[key] = asyncio.get_running_loop().create_future()
        claim = "busy"
        try:
            claim = await self._claim(key, end)
            while claim == "busy" and time.monotonic() + POLL_SECONDS < end:
                await asyncio.sleep(POLL_SECONDS)
                claim = await self._claim(key, end)
        finally:
            if claim in ("busy", "done"):
                self._leave(key)
        return claim

    async def _at_once(self, delivery: Delivery, key: str, payload: Fields, retry: Mapping[str, str]) -> tuple[Reply, str]:
        """For what Slack never delivers again, where no other process is to be expected: memory is enough."""
        if key in self._answered:
            return Reply(), "duplicate"
        self._answered.add(key)
        token = CURRENT.set(delivery)
        try:
            return await self._dispatch(payload, retry), "answered"
        except BaseException:
            self._answered.discard(key)
            raise
        finally:
            CURRENT.reset(token)

    async def _once(
        self, delivery: Delivery, payload: Fields, retry: Mapping[str, str], *, waits: bool
    ) -> tuple[Reply, str]:
        key, end = delivery.keys[0], delivery.end
        while True:
            if key in self._answered:
                return Reply(), "duplicate"
            if key not in self._running:
                break
            if not waits:
                return Reply(), "duplicate"
            await asyncio.wait((self._running[key],), timeout=max(0.0, end - time.monotonic()))
            if time.monotonic() >= end:
                return Reply(503), "busy"
        claim = await self._take(key, end if waits else 0.0)
        if claim == "busy" and waits:
            return Reply(503), "busy"
        if claim in ("busy", "done"):
            return Reply(), "duplicate"
        delivery.again = claim == "again"
        answer: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        task = asyncio.create_task(self._handle(delivery, payload, retry, answer, waits))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        await asyncio.wait((answer,), timeout=max(0.05, end - time.monotonic()) if waits else None)
        if not answer.done():
            answer.set_result(Reply(200 if delivery.lasts else 503))
            return answer.result(), "unfinished"
        said = await answer
        if said.status >= 500:
            return said, "failed"
        return said, "taken over" if delivery.again else "answered"

    async def _handle(
        self, delivery: Delivery, payload: Fields, retry: Mapping[str, str], answer: "asyncio.Future[Reply]", waits: bool
    ) -> None:
        CURRENT.set(delivery)
        try:
            said = await self._dispatch(payload, retry)
            if not waits and not answer.done():
                answer.set_result(said)
            work = list(delivery.work)
            if work:
                await asyncio.wait(work)
            again = delivery.failed or any(task.cancelled() for task in work)
            await self._finish(delivery, answered=not again)
            if not answer.done():
                answer.set_result(Reply(503) if again else said)
        except BaseException as error:
            await self._finish(delivery, answered=False)
            if not isinstance(error, Exception):
                answer.cancel()
                raise
            if not answer.done():
                answer.set_exception(error)

    async def _finish(self, delivery: Delivery, *, answered: bool) -> None:
        for key in delivery.keys:
            if answered:
                self._answered.add(key)
            self._leave(key)
        if self._claims is not None:
            try:
                async with asyncio.timeout(STORE_SECONDS):
                    await (self._claims.done(delivery.keys) if answered else self._claims.release(delivery.keys))
            except Exception as error:
                self._store_failed(error)

    async def _claim(self, key: str, end: float) -> str:
        if self._claims is None:
            return "mine"
        claim = await self._asked(self._claims, key, end)
        if claim is None or claim.value in ("mine", "again"):
            self._held.add(key)
            if self._beating is None or self._beating.done():
                self._beating = asyncio.create_task(self._beat(self._claims))
        return claim.value if claim else "mine"

    async def _asked(self, claims: "Claims", key: str, end: float) -> "Claim | None":
        """What the store says; None where it says nothing. A store that comes back soon is worth one wait: elsewhere somebody
        may be at the same key."""
        until = time.monotonic() + STORE_SECONDS
        while True:
            try:
                async with asyncio.timeout_at(asyncio.get_running_loop().time() + until - time.monotonic()):
                    claim = await claims.claim(key)
            except Exception as error:
                if self._away or not claims.shared or time.monotonic() + POLL_SECONDS >= min(until, end):
                    self._away = self._away or end > 0
                    self._store_failed(error)
                    return None
            else:
                self._away = False
                return claim
            await asyncio.sleep(POLL_SECONDS)

    async def _beat(self, claims: "Claims") -> None:
        """Renews what is held, for as long as something is."""
        while self._held:
            await asyncio.sleep(claims.lease / 4)
            if self._held:
                try:
                    await claims.renew(tuple(self._held))
                except Exception as error:
                    self._store_failed(error)

    def _store_failed(self, error: Exception) -> None:
        self.metrics.store_errors.inc()
        log.error("deliveries are not compared with other processes", extra=fields(error=type(error).__name__))

    def _leave(self, key: str) -> None:
        self._held.discard(key)
        future = self._running.pop(key, None)
        if future is not None and not future.done():
            future.set_result(None)
