"""Raw text → what is being asked: a code, several, a status, a log line, words … At most one reading, or a choice."""

import re
from functools import cache
from typing import TYPE_CHECKING, Literal

from msgspec import Struct, structs

from knowledge import code as codes
from knowledge import letters, lognotices, mentions
from knowledge.cleaning import clean
from knowledge.logrecord import LogLine
from knowledge.mentions import TIMER, Mention, prose
from knowledge.statuses import STATUS, status_in
from knowledge.timing import clues

if TYPE_CHECKING:
    from knowledge.base import KnowledgeBase

QuestionKind = Literal[
    "state", "letter", "cookie", "timer", "message", "compare", "choice", "fault", "status", "directive", "events",
    "line", "paste", "words", "help", "list", "empty",
]  # fmt: skip


class Question(Struct, frozen=True):
    """One reading of a text.

    `ids` are the entries that are named (letters: one per position it is legal in; choice: the readings, likeliest
    first; compare: those to set side by side). `state` is the code as asked, two or four letters, canonical dashes.
    `status` is an HTTP status named with it. `text` is the cleaned text (chat's mangling undone). `directive` is the
    configuration keyword asked about. `wrong` is the text that looked like a
    code and is none (kind "fault").
    """

    kind: QuestionKind
    text: str
    ids: tuple[str, ...] = ()
    state: str = ""
    status: int | None = None
    directive: str = ""
    wrong: str = ""


_SPOKEN = 4_000
"""Characters of a text that is no log in which codes are looked for."""
_SLASH = re.compile(r"^\s*/?haflag(?=\s|$)\s*", re.IGNORECASE)
_EDGES = " \t\n\"'.,;:!?。，；：！？、()[]{}（）【】「」"
_RECORD = re.compile(r"\d/[-\d]|\d\]|\{\s*\"|\w=-?\w|: |\w/\w|\w\"?[:}]\"?-?\w|\"\s*,\s*\""
    r"|\w=[\"'\[]|[\w-][|;\t]-?\w|\d{1,3}(?:\.\d{1,3}){3}")
_FIELD = re.compile(
    r"\b(?:termination_?state|term_?state|tsc?)\b[\"']?\s*[:=]\s*[\"']?([A-Za-z-]{2,4})(?![A-Za-z-])", re.IGNORECASE
)
_EVENTS = re.compile(r"\bterm_events\b|\{[ \t]{0,3}[A-Za-z0-9-]{0,8}(?:[ \t]{0,3},[ \t]{0,3}[A-Za-z0-9-]{0,8}){6}[ \t]{0,3}\}")
_BESIDE = re.compile(
    r"((?![A-Za-z]{3})[A-Za-z-]{2,4})[ ,:]{1,3}(-1|[1-5]\d\d)|(-1|[1-5]\d\d)[ ,:]{1,3}((?![A-Za-z]{3})[A-Za-z-]{2,4})"
)
_WORD = re.compile(r"[a-z][a-z0-9_'-]*|\d+|[\u3400-\u9fff]+")


def read(text: str, base: "KnowledgeBase") -> Question:
    """The one reading of `text`. Never raises; linear in the length of `text`."""
    text = _SLASH.sub("", clean(text)).strip()
    if not text:
        return Question("empty", text)
    bare = text.strip(_EDGES)
    if len(text) <= 60 and (early := _whole(text, bare)):
        return early
    if (beside := _BESIDE.fullmatch(text)) and (early := _with_status(text, beside[1] or beside[4], int(beside[2] or beside[3]))):
        return early
    if _RECORD.search(text) and (found_lines := _logged(text)) and not _told(text, found_lines):
        return Question("paste" if len(found_lines) > 1 else "line", text)
    if _EVENTS.search(text):
        return Question("events", text)
    text = letters.spelled_pair(text)
    found = mentions.find(text[:_SPOKEN])
    if not found and (field := _FIELD.search(text)) and codes.is_state(field[1]):
        found = [Mention("state", field[1], *field.span(1))]
    if letter := letters.find(text, found):
        return Question("compare" if len({id[-1] for id in letter}) > 1 else "letter", text, ids=letter)
    if found:
        return _coded(text, found)
    if len(text) <= 60 and (token := _asked_about(text)) and (asked := _whole(token, token)):
        return structs.replace(asked, text=text)
    if len(text) <= 200 and (named := _named(text, base)):
        return named
    if (timer := mentions.timer(text)) and status_in(text) is None:
        return Question("timer", text, ids=(f"timer:{timer}",))
    return Question("words", text)


def _with_status(text: str, token: str, status: int) -> Question | None:
    """A code and a status and nothing else; None where the code is none."""
    if state := codes.parse(token):
        return _state(text, state, status)
    variants = () if token.casefold() in prose().ordinary else codes.case_variants(token)
    return structs.replace(_choice(text, token, variants), status=status) if variants else None


def _logged(text: str) -> list[LogLine]:
    """`logline.logged`, loaded with its expressions (80 ms) when something looks like a log."""
    from knowledge.logline import logged

    return logged(text)


def _told(text: str, lines: list[LogLine]) -> bool:
    """Whether a text only tells of a line's timers ("503 with 0/5000/-1/-1/5000"), without the line."""
    if len(lines) > 1 or len(text) > 120 or lines[0].termination_state is not None or lines[0].connections:
        return False
    return lines[0].reason == "fields" and lines[0].request is None and bool(clues(text))


def _whole(text: str, bare: str) -> Question | None:
    """Texts that are one thing and nothing else: a code, a letter, help, the list, a code gone wrong."""
    low = bare.casefold()
    if low in prose().help or text in prose().help:
        return Question("help", text)
    if low == "-1":
        return Question("status", text, status=-1)
    if low in prose().list:
        return Question("list", text)
    token = text.strip(" \t\n\"'`.,;:!?。，；：！？、()（）") or text
    if len(token) == 1:
        ids = letters.positions(token)
        return Question("letter", text, ids=ids) if ids else None
    if (prefix := re.fullmatch(r"cookie:\s*([A-Z-]{2})", token)) and codes.is_cookie_pair(prefix[1]):
        return Question("cookie", text, ids=(f"cookie:{prefix[1]}",), state=f"--{prefix[1]}")
    if (prefix := re.fullmatch(r"pos([1-4]):([A-Za-z-])", token)) and prefix[2] in codes.POSITIONS[int(prefix[1]) - 1]:
        return Question("letter", text, ids=(token,))
    if not re.fullmatch(r"[A-Za-z–—-]{2,8}", token):
        return None
    if state := codes.parse(token):
        return _state(text, state)
    if codes.is_cookie_pair(token):
        return Question("cookie", text, ids=(f"cookie:{token}",), state=f"--{token}")
    if len(token) <= 4 and token.casefold() not in prose().ordinary and not TIMER.fullmatch(token):
        if variants := codes.case_variants(token):
            return _choice(text, token, variants)
        if len(token) in (2, 4) or "-" in token:
            return Question("fault", text, wrong=token)
    if re.fullmatch(r"[A-Za-z]{1,4}-{1,4}", token):
        return Question("fault", text, wrong=token)
    return None


def _asked_about(text: str) -> str:
    """The one short token that is left of a question without its asking words ("what is cD-"), empty where none is."""
    tokens = re.findall(r"[A-Za-z0-9_'’-]+|[\u3400-\u9fff]+", text)
    fillers = prose().fillers
    left = [t for t in tokens if t.casefold() not in fillers and not ("\u3400" <= t[0] <= "\u9fff" and _covered(t))]
    if len(left) != 1 or len(left) == len(tokens) or not re.fullmatch(r"[A-Za-z-]{1,4}", left[0]):
        return ""
    place = tokens.index(left[0])
    beside = {t.casefold() for t in tokens[max(0, place - 1) : place + 2]}
    if beside & {"my", "our", "your", "me", "us"} and (left[0].isupper() or "me" in beside):
        return ""  # "is my PR ok", "CC me": nothing makes it a code
    # "who is on call" asks about no code: a small word of more than two letters is none where it cannot be one.
    word = left[0].islower() and len(left[0]) > 2 and not codes.case_variants(left[0])
    return "" if word or left[0].casefold() in prose().ordinary else left[0]


def _state(text: str, state: str, status: int | None = None) -> Question:
    if len(state) == 4 and state.startswith("--") and state != "----":
        return Question("cookie", text, ids=(f"cookie:{state[2:]}",), state=state, status=status)
    return Question("state", text, ids=(state[:2],), state=state, status=status)


def _choice(text: str, token: str, variants: tuple[str, ...]) -> Question:
    pairs = tuple(dict.fromkeys(v[:2] for v in variants))
    if len(pairs) == 1:
        return structs.replace(_state(text, variants[0]), wrong=token)
    return Question("choice", text, ids=tuple(sorted(pairs, key=codes.rank)), wrong=token)


def _coded(text: str, found: list[Mention]) -> Question:
    """A sentence around at least one code."""
    ids: dict[str, Mention] = {}
    for mention in found:
        if mention.kind == "state":
            ids.setdefault(mention.code[:2], mention)
        elif mention.kind == "cookie":
            ids.setdefault(f"cookie:{mention.code[-2:]}", mention)
    status = status_in(text)
    if not ids:
        first = found[0]
        return _choice(text, first.code, codes.case_variants(first.code))
    if len(ids) > 1:
        return Question("compare", text, ids=tuple(ids), status=status)
    (id, mention), = ids.items()
    if mention.kind == "cookie":
        return Question("cookie", text, ids=(id,), state=f"--{id[-2:]}", status=status)
    return _state(text, mention.code, status)


def _named(text: str, base: "KnowledgeBase") -> Question | None:
    """A status, a directive, a timer or one of HAProxy's own words, with nothing but asking words around it."""
    timers = list(dict.fromkeys(TIMER.findall(text)))
    status = status_in(text)
    if len(timers) == 1 and status is None and _only(TIMER.sub(" ", text).replace("-1", " ")):
        return Question("timer", text, ids=(f"timer:{timers[0]}",))
    if status is not None and not clues(text) and _only(STATUS.sub(" ", text)):
        return Question("status", text, status=status)
    for id, found in lognotices.messages(text) if status is None else ():
        if _only(text[: found.start()] + " " + text[found.end() :]):
            return Question("message", text, ids=(id,))
    low = text.casefold()
    for directive in directives(base):
        if directive in low and _only(low.replace(directive, " ")):
            return Question("directive", text, directive=directive)
    return None


def _only(rest: str) -> bool:
    """True where nothing but asking words is left."""
    fillers = prose().fillers
    for word in _WORD.findall(rest.casefold()):
        if word in fillers or word.isdigit():
            continue
        if not ("\u3400" <= word[0] <= "\u9fff") or not _covered(word):
            return False
    return True


def _covered(run: str) -> bool:
    """True where a Han run is made of filler words only."""
    fillers, place = prose().fillers, 0
    while place < len(run):
        step = next((n for n in (4, 3, 2, 1) if run[place : place + n] in fillers), 0)
        if not step:
            return False
        place += step
    return True


@cache
def directives(base: "KnowledgeBase") -> list[str]:
    """Every configuration keyword that an entry names, longest first."""
    named = {d for state in base.states.values() for d in state.directives}
    named |= {d for entry in base.cookies.values() for d in entry.directives}
    return sorted(named, key=lambda d: (-len(d), d))
