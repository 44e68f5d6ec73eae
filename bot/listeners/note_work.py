"""What is done with team notes, whatever surface asks for it: the grammar of the command, the checks, the writing."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from slack_sdk.web.async_client import AsyncWebClient

from bot.listeners.admins import Admins, Denied
from bot.render import notes as render
from bot.render.blocks import notice
from bot.render.forms import NOTE_CHARACTERS, NOTES, URL_CHARACTERS
from bot.render.pieces import heading
from bot.services import Services
from knowledge.cleaning import clean
from knowledge.model import Language
from knowledge.question import read

if TYPE_CHECKING:
    from bot.store import Note, Store

EACH = 10
"""Notes on one entry."""

_URL = re.compile(r"https?://[^\s<>|\"'，。；）]+")


@dataclass(frozen=True)
class Work:
    """Somebody's dealings with the notes of a workspace. Methods raise Denied with what to tell the person."""

    services: Services
    admins: Admins
    client: AsyncWebClient
    team: str
    user: str

    async def command(self, rest: str, language: Language) -> dict[str, Any]:
        """`/haflag note sC words and link` writes, `/haflag note sC` lists, `/haflag note` tells how."""
        name, _, words = rest.partition(" ")
        if not name:
            return notice(NOTES(language, "how"))
        question = read(name, self.services.base)
        if question.kind == "choice":
            return notice(NOTES(language, "which", text=name, first=question.ids[0], second=question.ids[1]))
        if question.kind not in ("state", "cookie", "letter", "timer", "message") or not question.ids:
            return notice(NOTES(language, "how"))
        entry = question.ids[0]
        if not words.strip():
            return await self.overview(entry, language)
        await self.may_write(language)
        text, url = split(words)
        await self.add(entry, text, url, language)
        return notice(NOTES(language, "saved", code=f"`{render.code_of(entry)}`"))

    async def overview(self, entry: str | None, language: Language) -> dict[str, Any]:
        """The notes on an entry, or all, with buttons for those that this person may change."""
        found = await self.kept(language).notes(self.team, entry)
        code = f"`{render.code_of(entry)}`" if entry else ""
        if not found:
            key = "list_none_on" if entry else "list_none"
            return notice(NOTES(language, key, code=code.strip("`")))
        title = NOTES(language, "list_title_on" if entry else "list_title", code=code.strip("`"))
        blocks = [heading(title), *await self.listed(found, language)]
        if len(found) > render.LISTED:
            blocks += notice(NOTES(language, "list_more", shown=render.LISTED, count=len(found)))["blocks"]
        return {"text": title, "blocks": blocks}

    async def listed(self, found: "tuple[Note, ...]", language: Language) -> list[dict[str, Any]]:
        """Notes as blocks, with buttons for those that this person may change."""
        try:
            admin = await self.admins.knows(self.client, self.team, self.user, language)
        except Denied:
            admin = False
        settings = self.services.teams.get(self.team).settings
        authors = admin or settings is None or settings.notes_by == "everyone"
        return render.listed(found, language, lambda note: admin or (authors and note.author == self.user))

    async def add(self, entry: str, text: str, url: str, language: Language) -> None:
        """Saves a new note."""
        store = self.kept(language)
        if not text:
            raise Denied(NOTES(language, "no_text"))
        count = len(await store.notes(self.team, entry))
        if count >= EACH:
            raise Denied(NOTES(language, "too_many", count=count))
        await store.add_note(self.team, entry, text, url, self.user)
        await self.services.teams.changed(self.team)

    async def edit(self, id: str, text: str, url: str, language: Language) -> None:
        """Changes a note."""
        await self.mine(id, language)
        await self.kept(language).edit_note(self.team, id, text, url)
        await self.services.teams.changed(self.team)

    async def delete(self, id: str, language: Language) -> None:
        """Deletes a note."""
        await self.mine(id, language)
        await self.kept(language).delete_note(self.team, id)
        await self.services.teams.changed(self.team)

    async def mine(self, id: str, language: Language) -> "Note":
        """A note that this person may change."""
        note = await self.kept(language).note(self.team, id)
        if note is None:
            raise Denied(NOTES(language, "gone"))
        if not await self.admins.may_change(self.services, self.client, self.user, note, language):
            raise Denied(NOTES(language, "not_yours"))
        return note

    async def may_write(self, language: Language) -> None:
        """Denied where this person may write no notes."""
        self.kept(language)
        if not await self.admins.may_write(self.services, self.client, self.team, self.user, language):
            raise Denied(NOTES(language, "admins_only"))

    def kept(self, language: Language) -> "Store":
        """The store; Denied where nothing is kept."""
        if self.services.store is None:
            raise Denied(NOTES(language, "nothing_kept"))
        return self.services.store


def split(words: str) -> tuple[str, str]:
    """The words of a note and its first link, taken out where it stands at the end. Mentions and markup are words here."""
    words = re.sub(r"<(https?://[^|>\s]+)(?:\|[^>]*)?>", r"\1", words)
    found = _URL.search(words)
    url = valid_url(found[0]) if found else ""
    if found and url and words[found.end() :].strip() == "":
        words = words[: found.start()]
    return tidy(words), url


def tidy(words: str) -> str:
    """A note's words as one paragraph of plain text."""
    return " ".join(clean(words).split())[:NOTE_CHARACTERS]


def valid_url(text: str) -> str:
    """The link where it is one to a web page, else empty."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return ""
    whole = parts.scheme in ("http", "https") and parts.hostname and not parts.username and len(text) <= URL_CHARACTERS
    return text if whole and text.isprintable() and " " not in text else ""
