"""The Answer: everything that a surface may show, in one language, without a word on how to show it.

Inline markup in texts is `code`, *strong* and [[id]]; each renderer turns it into its own. Nothing in an Answer
repeats a client address, cookie, query string or header of the question.
"""

from typing import Any, Literal

from msgspec import Struct

from knowledge.model import Language, Severity

Kind = Literal[
    "state", "letter", "cookie", "timer", "message", "choice", "compare", "search", "status", "directive", "log",
    "events", "report", "help", "list", "nothing", "error",
]  # fmt: skip


class Match(Struct, frozen=True):
    """One entry that fits; `score` is 0–1 (1: named by the asker)."""

    id: str
    title: str
    score: float = 1.0


class Para(Struct, frozen=True, tag="para"):
    """A paragraph; `label` is a short bold lead ("First check"), empty for none."""

    text: str
    label: str = ""


class Bullets(Struct, frozen=True, tag="bullets"):
    """A list of short sentences."""

    items: tuple[str, ...]
    label: str = ""


class Code(Struct, frozen=True, tag="code"):
    """A command, a configuration snippet or a log line, shown as it is. `label` says what it is."""

    text: str
    label: str = ""
    language: Literal["sh", "haproxy", "log", "query", "text"] = "text"


class Table(Struct, frozen=True, tag="table"):
    """A small table; cells are texts with inline markup."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    label: str = ""


class Heading(Struct, frozen=True, tag="heading"):
    """Starts a part of the details."""

    text: str


Part = Para | Bullets | Code | Table | Heading


class Action(Struct, frozen=True):
    """Something the asker can do next. `question` is what to ask for it: for "ask" another question, for "language" the
    same in `language`, for "details" the same with details shown; "share", "right" and "wrong" act on this answer."""

    kind: Literal["ask", "details", "language", "share", "right", "wrong"]
    label: str
    question: str
    language: Language


class Answer(Struct, frozen=True):
    """What is said to one question.

    `summary` is what must be seen without scrolling, `details` the depth on demand. `question` is the question in
    canonical words (safe to keep in a button: no address, cookie, URL): asking it again gives this answer.
    `data` is the JSON of `haflag explain --json`: language-neutral facts and both-language texts already chosen.
    """

    kind: Kind
    language: Language
    title: str
    question: str
    summary: tuple[Part, ...]
    details: tuple[Part, ...] = ()
    actions: tuple[Action, ...] = ()
    matches: tuple[Match, ...] = ()
    severity: Severity | None = None
    data: dict[str, Any] = {}
