"""The shape of an entry: what the TOML files under `entries/` may say, frozen and checked field by field.

Every sentence is a `Text`, English and Chinese side by side. Inline markup in a `Text` is `code`, *strong* and
[[sC]] (a link to another entry by its id), nothing else.
"""

from typing import Literal

from msgspec import Struct

Language = Literal["en", "zh"]
Blame = Literal["client", "server", "network", "proxy config", "operator", "nobody"]
Severity = Literal["normal", "info", "warning", "critical"]
Mode = Literal["http", "tcp"]


class Text(Struct, frozen=True, forbid_unknown_fields=True):
    """One sentence or paragraph in both languages."""

    en: str
    zh: str

    def get(self, language: Language) -> str:
        return self.en if language == "en" else self.zh


class Phrases(Struct, frozen=True, forbid_unknown_fields=True):
    """How people put it, per language; the two lists need not match one to one."""

    en: tuple[str, ...] = ()
    zh: tuple[str, ...] = ()


class Status(Struct, frozen=True, forbid_unknown_fields=True):
    """An HTTP status that HAProxy logs with a state (-1: none), and what the client got.

    `seen` is None where the client received the same, -1 where it received no response.
    `since` and `until` bound the HAProxy versions (inclusive); empty means every version.
    """

    logged: int
    when: Text
    seen: int | None = None
    usual: bool = False
    since: str = ""
    until: str = ""


class Timer(Struct, frozen=True, forbid_unknown_fields=True):
    """What a timer shows with a state: `value` is "-1", "0", ">=0" or the keyword that it equals ("timeout server")."""

    name: str
    value: str
    note: Text


class Cause(Struct, frozen=True, forbid_unknown_fields=True):
    """One reason why the state occurs, in falling order of likelihood within an entry."""

    text: Text
    likelihood: Literal["common", "occasional", "rare"] = "common"


class Check(Struct, frozen=True, forbid_unknown_fields=True):
    """One thing to look at, and the command that shows it. `result` says how to read what comes back."""

    text: Text
    command: str
    result: Text


class Fix(Struct, frozen=True, forbid_unknown_fields=True):
    """One remedy. `config` is HAProxy configuration in whole sections (passes `haproxy -c`), empty where the remedy
    is outside the proxy. `proof` names lab scenarios that ran this very snippet; without them the fix is advice."""

    text: Text
    effect: Literal["stop-gap", "cure", "hides"]
    risk: Text
    config: str = ""
    proof: tuple[str, ...] = ()


class Change(Struct, frozen=True, forbid_unknown_fields=True):
    """What a HAProxy version changed about the entry."""

    version: str
    text: Text


class Example(Struct, frozen=True, forbid_unknown_fields=True):
    """A log line that our own parser reads back to the entry's code."""

    line: str
    note: Text


class Source(Struct, frozen=True, forbid_unknown_fields=True):
    """Where facts come from: a manual section, a source file, an issue, or a lab scenario; with the date of the look."""

    doc: str
    checked: str
    version: str = ""
    url: str = ""


class State(Struct, frozen=True, forbid_unknown_fields=True):
    """A pair of the first two letters."""

    code: str
    title: Text
    verdict: Text
    meaning: Text
    blame: tuple[Blame, ...]
    severity: Severity
    page: Text
    modes: tuple[Mode, ...]
    documented: bool
    causes: tuple[Cause, ...]
    checks: tuple[Check, ...]
    fixes: tuple[Fix, ...]
    symptoms: Phrases
    examples: tuple[Example, ...]
    sources: tuple[Source, ...]
    statuses: tuple[Status, ...] = ()
    timers: tuple[Timer, ...] = ()
    twin: Text | None = None
    confused_with: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    directives: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()
    unproven: Text | None = None
    since: str = ""
    until: str = ""

    @property
    def id(self) -> str:
        return self.code


class Cookie(Struct, frozen=True, forbid_unknown_fields=True):
    """A pair of the last two letters."""

    code: str
    title: Text
    verdict: Text
    meaning: Text
    severity: Severity
    documented: bool
    causes: tuple[Cause, ...]
    checks: tuple[Check, ...]
    symptoms: Phrases
    examples: tuple[Example, ...]
    sources: tuple[Source, ...]
    fixes: tuple[Fix, ...] = ()
    confused_with: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    directives: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()
    unproven: Text | None = None

    @property
    def id(self) -> str:
        return f"cookie:{self.code}"


class Letter(Struct, frozen=True, forbid_unknown_fields=True):
    """One letter in one position. `clause` is its part in a composed sentence."""

    position: int
    letter: str
    title: Text
    meaning: Text
    clause: Text
    symptoms: Phrases
    sources: tuple[Source, ...]
    blame: tuple[Blame, ...] = ()
    severity: Severity | None = None
    check: Check | None = None
    directives: tuple[str, ...] = ()
    since: str = ""
    until: str = ""

    @property
    def id(self) -> str:
        return f"pos{self.position}:{self.letter}"


class TimerEntry(Struct, frozen=True, forbid_unknown_fields=True):
    """A timer of the log line: what it measures, and what -1 in it says."""

    name: str
    title: Text
    meaning: Text
    minus_one: Text
    modes: tuple[Mode, ...]
    sources: tuple[Source, ...]
    symptoms: Phrases = Phrases()
    since: str = ""
    until: str = ""

    @property
    def id(self) -> str:
        return f"timer:{self.name}"


class Message(Struct, frozen=True, forbid_unknown_fields=True):
    """A word or notice that HAProxy itself writes (`<NOSRV>`, `Server be/s1 is DOWN`), and the entries it points to.

    Whatever `pattern` matches has one of `words`, which are folded to small letters: looking for them is much faster.
    """

    name: str
    title: Text
    meaning: Text
    pattern: str
    words: tuple[str, ...]
    states: tuple[str, ...]
    sources: tuple[Source, ...]
    symptoms: Phrases = Phrases()
    check: Check | None = None

    @property
    def id(self) -> str:
        return f"message:{self.name}"


Entry = State | Cookie | Letter | TimerEntry | Message
