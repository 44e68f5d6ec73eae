"""The store: every read and write of what the bot keeps, one short transaction each."""

import time
import uuid
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.store import tables as t
from bot.store.claims import Claims
from bot.store.engine import create_engine, database_url, quick_engine, reading
from bot.store.migrate import migrate
from bot.store.records import Feedback, Note, Stats, TeamSettings
from bot.store.tallies import DAY, Tallies, insert
from knowledge.model import Language

SEEN_SECONDS = 2 * 3600


class Store:
    """Opened by `open_store`; `close()` when done. Every method that returns has committed, but for `count`."""

    def __init__(self, engine: AsyncEngine, claims: Claims) -> None:
        self.engine, self.claims = engine, claims
        self._reading = reading(engine)
        self._tallies = Tallies(engine)

    async def close(self) -> None:
        """Writes what is counted and gives the connections back."""
        await self._tallies.close()
        await self.claims.close()
        await self.engine.dispose()

    async def ready(self) -> bool:
        """True where the database answers."""
        try:
            async with self._reading.connect() as connection:
                await connection.execute(sa.text("SELECT 1"))
        except (sa.exc.SQLAlchemyError, OSError):
            return False
        return True

    async def _upsert(self, table: sa.Table, key: dict[str, Any], values: dict[str, Any]) -> None:
        async with self.engine.begin() as connection:
            statement = insert(connection, table).values(**key, **values)
            await connection.execute(statement.on_conflict_do_update(index_elements=list(key), set_=values))

    async def forget_seen(self, older_than: int = SEEN_SECONDS) -> int:
        """Drops delivery keys older than so many seconds; how many."""
        async with self.engine.begin() as connection:
            gone = await connection.execute(sa.delete(t.seen).where(t.seen.c.at < int(time.time()) - older_than))
            return gone.rowcount

    async def languages(self, team: str, user: str) -> tuple[Language | None, str | None, Language | None, int]:
        """The user's chosen language, the user's Slack locale, the workspace's default, and when the locale was read."""
        join = sa.select(t.preferences.c.language, t.preferences.c.locale, t.preferences.c.locale_at).where(
            t.preferences.c.team == team, t.preferences.c.user == user
        )
        async with self._reading.connect() as connection:
            row = (await connection.execute(join)).first()
            default = await connection.scalar(sa.select(t.team_settings.c.language).where(t.team_settings.c.team == team))
        return (row[0], row[1], default, row[2] or 0) if row else (None, None, default, 0)

    async def choose_language(self, team: str, user: str, language: Language | None) -> None:
        """Keeps the user's choice; None lets the question decide again."""
        await self._upsert(t.preferences, {"team": team, "user": user}, {"language": language})

    async def keep_locale(self, team: str, user: str, locale: str) -> None:
        """Keeps the user's Slack locale as of now."""
        await self._upsert(t.preferences, {"team": team, "user": user}, {"locale": locale[:16], "locale_at": int(time.time())})

    async def settings(self, team: str) -> TeamSettings:
        """The workspace's settings, defaults where none were saved."""
        async with self._reading.connect() as connection:
            row = (await connection.execute(sa.select(t.team_settings).where(t.team_settings.c.team == team))).first()
        return TeamSettings(row.language, row.notes_by, row.keep_misses) if row else TeamSettings()

    async def save_settings(self, team: str, settings: TeamSettings) -> None:
        """Replaces the workspace's settings."""
        values = {"language": settings.language, "notes_by": settings.notes_by, "keep_misses": settings.keep_misses}
        await self._upsert(t.team_settings, {"team": team}, values)

    async def notes(self, team: str, entry: str | None = None) -> tuple[Note, ...]:
        """The workspace's notes, on one entry or on all, oldest first."""
        query = sa.select(t.notes).where(t.notes.c.team == team).order_by(t.notes.c.created, t.notes.c.id)
        if entry is not None:
            query = query.where(t.notes.c.entry == entry)
        async with self._reading.connect() as connection:
            return tuple(Note(**row) for row in (await connection.execute(query)).mappings())

    async def note(self, team: str, id: str) -> Note | None:
        """One note of the workspace."""
        async with self._reading.connect() as connection:
            query = sa.select(t.notes).where(t.notes.c.team == team, t.notes.c.id == id)
            row = (await connection.execute(query)).mappings().first()
        return Note(**row) if row else None

    async def add_note(self, team: str, entry: str, text: str, url: str, author: str) -> Note:
        """Saves a new note."""
        now = int(time.time())
        note = Note(uuid.uuid4().hex, team, entry, text, url, author, now, now)
        await self.put_notes((note,))
        return note

    async def put_notes(self, notes: tuple[Note, ...]) -> None:
        """Saves notes as they are, all or none; a note with a known id replaces it (import)."""
        async with self.engine.begin() as connection:
            for note in notes:
                values = {name: getattr(note, name) for name in note.__struct_fields__}
                statement = insert(connection, t.notes).values(**values)
                await connection.execute(statement.on_conflict_do_update(index_elements=["id"], set_=values))

    async def edit_note(self, team: str, id: str, text: str, url: str) -> bool:
        """Changes a note's text and link; False where the workspace has no such note."""
        where = (t.notes.c.team == team, t.notes.c.id == id)
        async with self.engine.begin() as connection:
            done = await connection.execute(sa.update(t.notes).where(*where).values(text=text, url=url, updated=int(time.time())))
            return bool(done.rowcount)

    async def delete_note(self, team: str, id: str) -> bool:
        """Deletes a note; False where the workspace has no such note."""
        async with self.engine.begin() as connection:
            done = await connection.execute(sa.delete(t.notes).where(t.notes.c.team == team, t.notes.c.id == id))
            return bool(done.rowcount)

    async def add_feedback(self, feedback: Feedback) -> None:
        """Saves one verdict."""
        values = {name: getattr(feedback, name) for name in feedback.__struct_fields__}
        async with self.engine.begin() as connection:
            await connection.execute(sa.insert(t.feedback).values(id=uuid.uuid4().hex, **values))

    def count(self, team: str, kind: str, entry: str | None, words: str | None = None) -> None:
        """Counts one question of today by kind and entry; keeps `words` of a miss where given. Written within a second,
        together with what else comes: the one thing here that a killed process may lose."""
        self._tallies.add(team, kind, entry, words)

    async def stats(self, team: str, days: int = 30) -> Stats:
        """The workspace's totals over the last `days` days, most frequent first."""
        await self._tallies.write()
        since = int(time.time()) - days * DAY
        total = sa.func.sum(t.tallies.c.count)
        tally = sa.select(t.tallies.c.what, total).where(t.tallies.c.team == team, t.tallies.c.day >= since // DAY)
        verdicts = sa.select(t.feedback.c.helpful, sa.func.count()).where(
            t.feedback.c.team == team, t.feedback.c.created >= since
        )
        words = sa.select(t.misses.c.words).where(t.misses.c.team == team, t.misses.c.created >= since)
        async with self._reading.connect() as connection:
            counts = [(row[0], int(row[1])) for row in await connection.execute(tally.group_by(t.tallies.c.what))]
            given = {bool(row[0]): int(row[1]) for row in await connection.execute(verdicts.group_by(t.feedback.c.helpful))}
            missed = (await connection.scalars(words.order_by(t.misses.c.created.desc()).limit(20))).all()
        counts.sort(key=lambda item: (-item[1], item[0]))
        kinds = tuple((w.removeprefix("kind:"), n) for w, n in counts if w.startswith("kind:"))
        entries = tuple((w.removeprefix("entry:"), n) for w, n in counts if w.startswith("entry:"))
        return Stats(kinds, entries, dict(kinds).get("nothing", 0), tuple(missed), given.get(True, 0), given.get(False, 0))

    async def forget_team(self, team: str) -> int:
        """Erases everything of a workspace but its installation; how many rows."""
        await self._tallies.write()
        async with self.engine.begin() as connection:
            return sum([(await connection.execute(sa.delete(table).where(table.c.team == team))).rowcount for table in t.BY_TEAM])

    async def retain(self, days: int) -> int:
        """Drops feedback, tallies and misses older than so many days; how many rows."""
        since = int(time.time()) - days * DAY
        async with self.engine.begin() as connection:
            gone = [
                await connection.execute(sa.delete(t.feedback).where(t.feedback.c.created < since)),
                await connection.execute(sa.delete(t.misses).where(t.misses.c.created < since)),
                await connection.execute(sa.delete(t.tallies).where(t.tallies.c.day < since // DAY)),
            ]
            return sum(done.rowcount for done in gone)


async def open_store(url: str | None, data: Path) -> Store:
    """The store at `DATABASE_URL`, or in the SQLite file of the folder `data`, migrated to the newest revision."""
    place = database_url(url, data)
    engine = create_engine(place)
    try:
        await migrate(engine)
    except BaseException:
        await engine.dispose()
        raise
    return Store(engine, Claims(quick_engine(place)))
