"""Raw text → what is being asked: a code, several, a status, a log line, words … At most one reading, or a choice."""

from typing import Literal

from msgspec import Struct

QuestionKind = Literal[
    "state", "letter", "cookie", "timer", "message", "compare", "choice", "fault", "status", "directive", "events",
    "line", "paste", "words", "help", "list", "empty",
]  # fmt: skip


class Question(Struct, frozen=True):
    """One reading of a text.

    `ids` are the entries that are named (letters: one per position it is legal in; choice: the readings, likeliest
    first; compare: those to set side by side). `state` is the code as asked, two or four letters, canonical dashes.
    `status` is an HTTP status named with it. `text` is the cleaned text (chat's mangling undone). `directive` is the
    configuration keyword asked about. `lines` are the log lines of a paste. `wrong` is the text that looked like a
    code and is none (kind "fault").
    """

    kind: QuestionKind
    text: str
    ids: tuple[str, ...] = ()
    state: str = ""
    status: int | None = None
    directive: str = ""
    lines: tuple[str, ...] = ()
    wrong: str = ""
