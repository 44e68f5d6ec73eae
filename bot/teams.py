"""What is known of each workspace, in memory for half a minute: its team notes and its settings, read beside the answers."""

import asyncio
import time
from collections import OrderedDict
from typing import TYPE_CHECKING

from msgspec import Struct

from bot.tasks import Tasks

if TYPE_CHECKING:
    from bot.store import Note, Store, TeamSettings

FRESH_SECONDS = 30.0
"""How long another process's change may stay unseen here."""
REMEMBERED = 2_000
PEOPLE = 20_000


class Team(Struct, frozen=True):
    """A workspace: `notes` by entry, oldest first; `settings` None where nothing is kept at all."""

    notes: "dict[str, tuple[Note, ...]]" = {}
    settings: "TeamSettings | None" = None


class Teams:
    """Serves what is known at once; what is older than `FRESH_SECONDS` is read again after the answer."""

    def __init__(self, tasks: Tasks, store: "Store | None") -> None:
        self._tasks, self._store = tasks, store
        self._known: OrderedDict[str, tuple[Team, float]] = OrderedDict()
        self._reading: dict[str, asyncio.Task[None]] = {}
        self._people: OrderedDict[str, str] = OrderedDict()
        self._granted: dict[str, frozenset[str]] = {}

    def get(self, team: str) -> Team:
        """The workspace as it is known now."""
        return self._known.get(team, (Team(), 0.0))[0]

    def reading(self, team: str) -> asyncio.Task[None] | None:
        """The reading that a first answer should wait for; None where the workspace is known or nothing is kept."""
        return None if self._store is None or team in self._known else self._read(team)

    def refresh(self, team: str) -> None:
        """Reads a workspace again where what is known has become old. Costs nothing where it has not."""
        if self._store is not None and self._known.get(team, (None, 0.0))[1] < time.monotonic():
            self._read(team)

    async def changed(self, team: str) -> None:
        """Reads a workspace again after this process changed it."""
        if self._store is not None:
            await self._look_up(team)

    def grant(self, team: str, scopes: frozenset[str]) -> None:
        """Remembers the permissions of the app in a workspace, where Slack has said them."""
        if scopes:
            self._granted[team] = scopes

    def granted(self, team: str) -> frozenset[str]:
        """The permissions of the app in a workspace, empty where they are not known."""
        return self._granted.get(team, frozenset())

    def meet(self, user: str, name: str) -> None:
        """Remembers what a person is called, from a payload that says so."""
        if user and name:
            self._people[user] = name[:80]
            self._people.move_to_end(user)
            if len(self._people) > PEOPLE:
                self._people.popitem(last=False)

    def called(self, user: str) -> str:
        """What a person is called, empty where it is not known."""
        return self._people.get(user, "")

    def _read(self, team: str) -> asyncio.Task[None]:
        running = self._reading.get(team)
        if running is None or running.done():
            running = self._reading[team] = self._tasks.start(self._look_up(team), "team")
            running.add_done_callback(lambda _: self._reading.pop(team, None))
        return running

    async def _look_up(self, team: str) -> None:
        assert self._store is not None
        settings = await self._store.settings(team)
        notes: dict[str, tuple[Note, ...]] = {}
        for note in await self._store.notes(team):
            notes[note.entry] = (*notes.get(note.entry, ()), note)
        self._known[team] = (Team(notes, settings), time.monotonic() + FRESH_SECONDS)
        self._known.move_to_end(team)
        if len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
