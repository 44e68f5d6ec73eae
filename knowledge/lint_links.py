"""Lint rules on identity and links (HK10x, HK30x)."""

import re
from collections.abc import Iterator

from knowledge import code as codes
from knowledge.lint import Subject, rule, texts
from knowledge.model import Cookie, State

DOCUMENTED = [
    "--",
    "CC",
    "CD",
    "cD",
    "CH",
    "cH",
    "CQ",
    "CR",
    "cR",
    "CT",
    "LC",
    "LR",
    "LH",
    "SC",
    "sC",
    "SD",
    "sD",
    "SH",
    "sH",
    "sQ",
    "PC",
    "PD",
    "PH",
    "PR",
    "PT",
    "RC",
]
DOCUMENTED_COOKIES = ["--", "NN", "II", "NI", "VN", "VU", "EI", "OI", "DI", "VI"]
_LINK = re.compile(r"\[\[([^\]\n]+)\]\]")

Places = Iterator[tuple[str, str]]


@rule(
    "HK101",
    "File names are words",
    "A file is named by the words of its code: CD.toml and cD.toml are one file on half of the world's disks.",
)
def file_names(subject: Subject) -> Places:
    expected = {f"states/{codes.slug(s.code)}.toml" for s in subject.base.states.values() if codes.is_pair(s.code)}
    expected |= {
        f"cookies/{codes.slug(c.code, cookie=True)}.toml" for c in subject.base.cookies.values() if codes.is_cookie_pair(c.code)
    }
    found = {name for name in subject.files if "/" in name and not name.startswith("phrases/")}
    for name in sorted(found - expected):
        yield name, "is not the name that its code asks for"
    for name in sorted(expected - found):
        yield name, "is missing: an entry has a code whose file would be this"


@rule(
    "HK102",
    "Nothing of the table is missing",
    "Every documented pair and cookie pair and every letter has an entry.",
)
def complete(subject: Subject) -> Places:
    for code in DOCUMENTED:
        if code not in subject.base.states:
            yield code, "is in HAProxy's manual and has no entry"
    for code in DOCUMENTED_COOKIES:
        if f"cookie:{code}" not in subject.base.cookies:
            yield f"cookie:{code}", "is in HAProxy's manual and has no entry"
    for position, alphabet in enumerate(codes.POSITIONS, 1):
        for letter in alphabet:
            if subject.base.get(f"pos{position}:{letter}") is None:
                yield f"pos{position}:{letter}", "has no entry"


@rule("HK103", "Codes are legal", "A code outside the alphabets can never stand in a log.")
def legal(subject: Subject) -> Places:
    for entry in subject.base:
        if isinstance(entry, State) and not codes.is_pair(entry.code):
            yield entry.id, "is not one of the 96 pairs"
        if isinstance(entry, Cookie) and not codes.is_cookie_pair(entry.code):
            yield entry.id, "is not one of the 56 cookie pairs"


@rule(
    "HK105",
    "Documented means in the manual",
    "`documented` says whether the pair has a row in HAProxy's manual, and must be right.",
)
def documented(subject: Subject) -> Places:
    for entry in subject.base:
        if isinstance(entry, State | Cookie):
            listed = DOCUMENTED if isinstance(entry, State) else DOCUMENTED_COOKIES
            if entry.documented != (entry.code in listed):
                yield entry.id, f"documented is {str(entry.documented).lower()}, the manual says otherwise"


@rule("HK301", "Links are mutual", "If A is related to B, a reader of B wants to know of A.")
def mutual(subject: Subject) -> Places:
    for entry in subject.base:
        if not isinstance(entry, State | Cookie):
            continue
        for field in ("related", "confused_with"):
            for id in getattr(entry, field):
                other = subject.base.get(id)
                if other is None:
                    yield entry.id, f"{field} names {id}, which has no entry"
                elif isinstance(other, State | Cookie) and entry.id not in (*other.related, *other.confused_with):
                    yield entry.id, f"{field} names {id}, which does not name it back"


@rule(
    "HK302",
    "The case twin is named",
    "sH and SH differ by one shift key: each names the other, in one line that tells them apart.",
)
def case_twin(subject: Subject) -> Places:
    for entry in subject.base.states.values():
        twin = entry.code[0].swapcase() + entry.code[1]
        if twin == entry.code or twin not in subject.base.states:
            continue
        if twin not in entry.confused_with:
            yield entry.id, f"confused_with does not name {twin}"
        if entry.twin is None or f"`{twin}`" not in entry.twin.en:
            yield entry.id, f"twin does not tell it from `{twin}`"


@rule("HK303", "References resolve", "[[x]] leads somewhere.")
def references(subject: Subject) -> Places:
    for entry in subject.base:
        for path, text in texts(entry):
            for side in (text.en, text.zh):
                for id in _LINK.findall(side):
                    if subject.base.get(id) is None:
                        yield entry.id, f"{path}: [[{id}]] has no entry"


@rule("HK305", "Messages lead on", "A message's states exist.")
def message_states(subject: Subject) -> Places:
    for message in subject.base.messages.values():
        for code in message.states:
            if code not in subject.base.states:
                yield message.id, f"states names {code}, which has no entry"
