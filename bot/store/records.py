"""The values that the store takes and gives. Times are seconds since the epoch."""

from typing import Literal

from msgspec import Struct

from knowledge.model import Language


class Note(Struct, frozen=True):
    """A team's own remark on an entry, shown below everybody's answer in the workspace."""

    id: str
    team: str
    entry: str
    text: str
    url: str
    author: str
    created: int
    updated: int


class Feedback(Struct, frozen=True):
    """One verdict on one answer. `comment` is what the asker typed into the form, never the question."""

    team: str
    user: str
    entry: str
    kind: str
    helpful: bool
    comment: str
    created: int


class TeamSettings(Struct, frozen=True):
    """A workspace's settings: default language (None: none set), who may write notes, whether misses keep their words."""

    language: Language | None = None
    notes_by: Literal["everyone", "admins"] = "everyone"
    keep_misses: bool = False


class Stats(Struct, frozen=True):
    """A workspace's totals over some days: questions by kind, entries shown, unanswered (with words where kept)."""

    kinds: tuple[tuple[str, int], ...]
    entries: tuple[tuple[str, int], ...]
    misses: int
    miss_words: tuple[str, ...]
    helpful: int
    unhelpful: int
