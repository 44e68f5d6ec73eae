"""The files that the search lives from, read once and checked: lexicon.toml, rules.toml, asked.toml, english.toml."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from msgspec import Struct, convert


class Rule(Struct, frozen=True, forbid_unknown_fields=True):
    """What a combination of features is worth: `has` must all be found (`!x` must not), `adds` scores by target."""

    has: str
    adds: dict[str, float]


class Source(Struct, frozen=True, forbid_unknown_fields=True):
    """The file `lexicon.toml` as it is written."""

    stopwords: tuple[str, ...]
    deniable: tuple[str, ...]
    placed: tuple[str, ...]
    exact: tuple[str, ...]
    grammar: str
    misspelt: dict[str, str]
    irregular: dict[str, str]
    operators: dict[str, tuple[str, ...]]
    clauses: dict[str, tuple[str, ...]]
    usually: dict[str, str]
    agents: dict[str, tuple[str, ...]]
    actions: dict[str, tuple[str, ...]]
    terms: dict[str, tuple[str, ...]]
    nested: tuple[str, ...]
    openings: dict[str, tuple[str, ...]]
    subjects: tuple[str, ...]
    implies: dict[str, tuple[str, ...]]


class Rules(Struct, frozen=True, forbid_unknown_fields=True):
    """The file `rules.toml` as it is written; `prior` is where an entry starts, `relevance` weighs
    the signs of a question that is ours."""

    rules: tuple[Rule, ...]
    prior: dict[str, float]
    relevance: dict[str, float]


@cache
def source() -> Source:
    """The shipped lexicon, read once. msgspec's error names the field at fault."""
    return convert(_raw("lexicon.toml"), Source)


@cache
def rules() -> Rules:
    """The shipped rules, read once. msgspec's error names the field at fault."""
    return convert(_raw("rules.toml"), Rules)


@cache
def asked() -> dict[str, tuple[str, ...]]:
    """Entry id → how people have asked for it (`asked.toml`). msgspec's error names the field at fault."""
    return convert(_raw("asked.toml"), dict[str, tuple[str, ...]])


@cache
def english() -> frozenset[str]:
    """Frequent English words (`english.toml`)."""
    return frozenset(_raw("english.toml")["words"].split())


def _raw(name: str) -> dict[str, Any]:
    return tomllib.loads((files("knowledge") / "entries" / name).read_text("utf-8"))
