"""Slack installations and OAuth states on the store's database, tokens encrypted at rest with keys that can be rotated."""

from collections.abc import Callable, Sequence
from copy import copy
from datetime import UTC, datetime
from logging import Logger, getLogger
from typing import Any, TypeVar

import sqlalchemy as sa
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from slack_sdk.oauth.installation_store import Bot, Installation
from slack_sdk.oauth.installation_store.sqlalchemy import AsyncSQLAlchemyInstallationStore
from slack_sdk.oauth.state_store.sqlalchemy import AsyncSQLAlchemyOAuthStateStore
from sqlalchemy.ext.asyncio import AsyncEngine

_SECRET = ("bot_token", "bot_refresh_token", "user_token", "user_refresh_token", "incoming_webhook_url")
_NO_KEY = "a stored Slack token does not open with any key of HAFLAG_TOKEN_KEYS"
Held = TypeVar("Held", Bot, Installation)


class KeyMismatch(RuntimeError):
    """A stored token cannot be read with any of the keys that are set."""


class TokenBox:
    """Encrypts with the first key, decrypts with any. Keys are Fernet keys (32 bytes, URL-safe base64)."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._box = MultiFernet([Fernet(key) for key in keys])

    def seal(self, token: str) -> str:
        return self._box.encrypt(token.encode()).decode()

    def open(self, sealed: str) -> str:
        """The token. KeyMismatch where none of the keys fits."""
        try:
            return self._box.decrypt(sealed).decode()
        except InvalidToken:
            raise KeyMismatch(_NO_KEY) from None

    def renew(self, sealed: str) -> str:
        """The same token under the first key. KeyMismatch as `open`."""
        try:
            return self._box.rotate(sealed.encode()).decode()
        except InvalidToken:
            raise KeyMismatch(_NO_KEY) from None


class Installations(AsyncSQLAlchemyInstallationStore):
    """slack_sdk's installation store with every token sealed. Only the latest row of a workspace or user is kept."""

    def __init__(self, client_id: str, engine: AsyncEngine, box: TokenBox, logger: Logger | None = None) -> None:
        super().__init__(client_id, engine, logger=logger or getLogger(__name__))
        self._token_box = box
        self.saved: Callable[[str | None, str | None], None] = lambda enterprise, team: None
        """Told the place of every installation that was saved here."""
        for table in (self.bots, self.installations):
            for column in table.c:
                if isinstance(column.type, sa.String):
                    column.type = sa.Text()

    def _with(self, held: Held, change: Any) -> Held:
        held = copy(held)
        for name in _SECRET:
            value = getattr(held, name, None)
            if value:
                setattr(held, name, change(value))
        return held

    async def async_save(self, installation: Installation) -> None:
        await super().async_save(self._with(installation, self._token_box.seal))
        await self._prune(self.bots, installation)
        await self._prune(self.installations, installation, self.installations.c.user_id == installation.user_id)
        self.saved(installation.enterprise_id, installation.team_id)

    async def _prune(self, table: sa.Table, held: Installation, *where: sa.ColumnElement[bool]) -> None:
        """Drops what an earlier installation left in the same place: its tokens are good for nothing."""
        c = table.c
        place = (c.client_id == self.client_id, c.enterprise_id == held.enterprise_id, c.team_id == held.team_id, *where)
        async with self.engine.begin() as connection:
            newest = await connection.scalar(sa.select(c.id).where(*place).order_by(c.installed_at.desc(), c.id.desc()).limit(1))
            await connection.execute(sa.delete(table).where(*place, c.id != newest))

    async def async_save_bot(self, bot: Bot) -> None:
        sealed = bot if bot.bot_token.startswith("gAAAA") else self._with(bot, self._token_box.seal)
        await super().async_save_bot(sealed)

    async def async_find_bot(self, **where: Any) -> Bot | None:
        found = await super().async_find_bot(**where)
        return self._with(found, self._open) if found else None

    async def async_find_installation(self, **where: Any) -> Installation | None:
        found = await super().async_find_installation(**where)
        return self._with(found, self._open) if found else None

    def _open(self, value: str) -> str:
        """Opens a sealed token; leaves what `async_find_installation` copied from an opened bot row."""
        return self._token_box.open(value) if value.startswith("gAAAA") else value

    async def rotate_keys(self) -> int:
        """Seals every stored token again with the first key; how many rows were rewritten."""
        rewritten = 0
        async with self.engine.begin() as connection:
            for table in (self.bots, self.installations):
                columns = [c for c in table.c if c.name in _SECRET]
                for row in (await connection.execute(sa.select(table.c.id, *columns))).mappings():
                    values = {c.name: self._token_box.renew(row[c.name]) for c in columns if row[c.name]}
                    if values:
                        await connection.execute(sa.update(table).where(table.c.id == row["id"]).values(**values))
                        rewritten += 1
        return rewritten


async def forget_installations(engine: AsyncEngine, team: str) -> int:
    """Erases the installations of a workspace, whichever client id they belong to; how many rows."""
    async with engine.begin() as connection:
        tables = [sa.table(name, sa.column("team_id")) for name in ("slack_bots", "slack_installations")]
        return sum([(await connection.execute(sa.delete(table).where(table.c.team_id == team))).rowcount for table in tables])


class OAuthStates(AsyncSQLAlchemyOAuthStateStore):
    """slack_sdk's state store; a state is consumed in one statement, so that two processes cannot both accept it."""

    async def async_consume(self, state: str) -> bool:
        now = datetime.now(UTC).replace(tzinfo=None)
        c = self.oauth_states.c
        async with self.engine.begin() as connection:
            gone = await connection.execute(sa.delete(self.oauth_states).where(c.state == state, c.expire_at > now))
            await connection.execute(sa.delete(self.oauth_states).where(c.expire_at <= now))
            return gone.rowcount == 1

    async def forget(self) -> int:
        """Drops the states that nobody came back with in time; how many."""
        now = datetime.now(UTC).replace(tzinfo=None)
        async with self.engine.begin() as connection:
            gone = await connection.execute(sa.delete(self.oauth_states).where(self.oauth_states.c.expire_at <= now))
            return gone.rowcount
