"""The rules that entries must keep: which there are, and what they find in a folder of entries."""

from collections.abc import Callable, Iterator
from importlib import import_module
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Literal

import msgspec
from msgspec import Struct

from knowledge.base import EntryError, KnowledgeBase, read
from knowledge.model import Entry, Text

Tier = Literal["error", "advice"]


class Finding(Struct, frozen=True):
    """One place that breaks a rule: the file or entry id, and what is wrong in one sentence."""

    rule: str
    where: str
    what: str


class Subject(Struct, frozen=True):
    """What is checked: the folder laid out as `entries/`, its files as text, and the base read from it."""

    files: dict[str, str]
    base: KnowledgeBase


Checker = Callable[[Subject], Iterator[tuple[str, str]]]


class Rule(Struct, frozen=True):
    """One rule: `id` is never reused, `why` is what `haflag lint --explain` prints."""

    id: str
    title: str
    why: str
    tier: Tier
    check: Checker


RULES: dict[str, Rule] = {}


def rule(id: str, title: str, why: str, tier: Tier = "error") -> Callable[[Checker], Checker]:
    """Registers a checker under a rule id."""

    def register(check: Checker) -> Checker:
        RULES[id] = Rule(id, title, why, tier, check)
        return check

    return register


def texts(entry: Entry) -> Iterator[tuple[str, Text]]:
    """Every bilingual text of an entry with the path of its field (`causes[2].text`)."""
    yield from _walk(entry, "")


def _walk(value: object, path: str) -> Iterator[tuple[str, Text]]:
    if isinstance(value, Text):
        yield path, value
    elif isinstance(value, Struct):
        for name in value.__struct_fields__:
            yield from _walk(getattr(value, name), f"{path}.{name}" if path else name)
    elif isinstance(value, tuple):
        for number, item in enumerate(value, 1):
            yield from _walk(item, f"{path}[{number}]")


def _read_files(root: Traversable, prefix: str = "") -> Iterator[tuple[str, bytes]]:
    for item in sorted(root.iterdir(), key=lambda i: i.name):
        if item.is_dir():
            yield from _read_files(item, f"{prefix}{item.name}/")
        elif item.name.endswith(".toml"):
            yield f"{prefix}{item.name}", item.read_bytes()


def run(root: Traversable | None = None, only: str | None = None) -> list[Finding]:
    """All findings in the folder `root` (default: the entries that ship), of every rule or of the rule `only`.

    A base that cannot be read at all is one finding of HK002; KeyError for an unknown rule.
    """
    for module in ("lint_form", "lint_links", "lint_truth"):
        import_module(f"knowledge.{module}")
    folder = root or files("knowledge") / "entries"
    raw: dict[str, str] = {}
    for name, content in _read_files(folder):
        try:
            raw[name] = content.decode("utf-8")
        except UnicodeDecodeError as error:
            return [Finding("HK001", name, f"not UTF-8: {error.reason} at byte {error.start}")]
    try:
        base = read(folder)
    except EntryError as error:
        return [Finding("HK002", str(error).split(":", 1)[0], str(error).split(":", 1)[1].strip())]
    subject = Subject(raw, base)
    chosen = [RULES[only]] if only else [RULES[id] for id in sorted(RULES)]
    return [Finding(r.id, where, what) for r in chosen for where, what in r.check(subject)]


def as_json(findings: list[Finding]) -> bytes:
    """Findings as a JSON array, each with its rule's tier."""
    return msgspec.json.encode([{**msgspec.to_builtins(f), "tier": RULES[f.rule].tier} for f in findings])
