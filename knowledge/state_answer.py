"""A state's answer: from its own entry, or composed from its letters; with the status and cookie letters it came with."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import msgspec

from knowledge import code as codes
from knowledge import compose, queries
from knowledge.answer_model import Action, Answer, Bullets, Code, Heading, Match, Para, Part, Table
from knowledge.base import KnowledgeBase
from knowledge.evidence import Record, for_cookie, for_pair, version_key
from knowledge.language import sentences
from knowledge.model import Check, Cookie, Fix, Language, Letter, State, Text
from knowledge.status_fit import bounds, recorded_table, status_sentence

SAY = sentences("answer").say


def localised(value: Any, language: Language) -> Any:
    """A structure of builtins in which every bilingual leaf is replaced by its `language` side."""
    if isinstance(value, dict):
        if set(value) == {"en", "zh"} and isinstance(value["en"], str):
            return value[language]
        return {key: localised(item, language) for key, item in value.items()}
    return [localised(item, language) for item in value] if isinstance(value, list | tuple) else value


def entry_data(entry: Any, language: Language) -> dict[str, Any]:
    """An entry as JSON-ready builtins in one language; `symptoms` (search material) left out."""
    data = localised(msgspec.to_builtins(entry), language)
    data.pop("symptoms", None)
    return {"id": entry.id, **data}


def check_parts(check: Check, language: Language, label: str = "") -> tuple[Part, ...]:
    """A check: what to look at, the command, how to read it."""
    return (
        Para(check.text.get(language), label),
        Code(check.command.strip(), language="sh"),
        Para(check.result.get(language)),
    )


def _fix_parts(fix: Fix, language: Language) -> tuple[Part, ...]:
    parts: list[Part] = [Para(fix.text.get(language), SAY(language, fix.effect.replace("-", "_")))]
    if fix.config:
        parts.append(Code(fix.config.strip("\n"), language="haproxy"))
    proof = SAY(language, "proven" if fix.proof else "advice")
    parts.append(Para(f"{SAY(language, 'risk', risk=fix.risk.get(language))} ({proof})"))
    return tuple(parts)


def first_steps(entry: State | Cookie, language: Language) -> tuple[Part, ...]:
    """The first check with its command and the first remedy of each kind, without configuration."""
    parts: list[Part] = []
    if entry.checks:
        check = entry.checks[0]
        parts += [Para(check.text.get(language), SAY(language, "first_check")), Code(check.command.strip(), language="sh")]
    shown: set[str] = set()
    for fix in entry.fixes:
        if fix.effect != "hides" and fix.effect not in shown:
            shown.add(fix.effect)
            risk = SAY(language, "risk", risk=fix.risk.get(language))
            joint = "" if language == "zh" else " "
            parts.append(Para(fix.text.get(language) + joint + risk, SAY(language, fix.effect.replace("-", "_"))))
    return tuple(parts)


def details(entry: State | Cookie, language: Language) -> tuple[Part, ...]:
    """Everything an entry says, in the order of a runbook."""
    parts: list[Part] = [Heading(SAY(language, "meaning")), Para(entry.meaning.get(language))]
    if entry.causes:
        parts.append(Bullets(tuple(c.text.get(language) for c in entry.causes), SAY(language, "causes")))
    parts.append(Heading(SAY(language, "checks")))
    for check in entry.checks:
        parts += check_parts(check, language)
    if entry.fixes:
        parts.append(Heading(SAY(language, "fixes")))
        for fix in entry.fixes:
            parts += _fix_parts(fix, language)
    if isinstance(entry, State):
        parts += _tables(entry, language)
    if entry.changes:
        changes = tuple(f"{c.version}: {c.text.get(language)}" for c in entry.changes)
        parts.append(Bullets(changes, SAY(language, "changes")))
    if entry.examples:
        parts.append(Heading(SAY(language, "examples")))
        for example in entry.examples:
            parts += [Code(example.line, language="log"), Para(example.note.get(language))]
    records = for_pair(entry.code) if isinstance(entry, State) else for_cookie(entry.code)
    parts += _evidence(records, entry.unproven, language)
    sources = tuple(f"{s.doc} ({s.version})" if s.version else s.doc for s in entry.sources)
    parts.append(Bullets(sources, SAY(language, "sources")))
    return tuple(parts)


def _tables(entry: State, language: Language) -> list[Part]:
    parts: list[Part] = []
    if entry.statuses:
        same = SAY(language, "same_status")
        rows = tuple(
            (str(s.logged), same if s.seen is None else str(s.seen) if s.seen > 0 else SAY(language, "nothing_sent"),
             s.when.get(language), bounds(s.since, s.until, language))
            for s in entry.statuses
        )  # fmt: skip
        header = tuple(SAY(language, key) for key in ("logged", "seen", "when", "versions"))
        parts.append(Table(header, rows, SAY(language, "statuses")))
    if entry.timers:
        rows3 = tuple((f"`{t.name}`", f"`{t.value}`", t.note.get(language)) for t in entry.timers)
        header3 = tuple(SAY(language, key) for key in ("timer", "value", "reading"))
        parts.append(Table(header3, rows3, SAY(language, "timers")))
    return parts


def _recorded_on(records: Iterable[Record], language: Language) -> tuple[Part, ...]:
    """On which HAProxy versions the lab saw the pair; nothing where it did not."""
    versions = sorted({r.version for r in records}, key=version_key)
    return (Para(SAY(language, "recorded_on", versions=", ".join(versions))),) if versions else ()


def _evidence(records: tuple[Record, ...], unproven: Text | None, language: Language) -> list[Part]:
    if not records:
        return [Para(SAY(language, "not_recorded", why=unproven.get(language)))] if unproven else []
    shown = max(records, key=lambda r: (version_key(r.version), r.cookie in ("", "--")))
    parts: list[Part] = [Heading(SAY(language, "evidence")), recorded_table(records, language)]
    parts.append(Code(shown.line, label=f"{shown.scenario}, {shown.version}", language="log"))
    if unproven:
        parts.append(Para(unproven.get(language)))
    return parts


def state_actions(base: KnowledgeBase, question: str, ids: tuple[str, ...], language: Language) -> tuple[Action, ...]:
    """The buttons below a state: details, the other language, the states not to be confused with it, share, feedback."""
    other: Language = "en" if language == "zh" else "zh"
    asks = tuple(
        Action("ask", f"{id} · {entry.title.get(language)}", id.removeprefix("cookie:"), language)
        for id in ids if (entry := base.get(id)) is not None and not id.startswith("pos")
    )  # fmt: skip
    return (
        Action("details", SAY(language, "action_details"), question, language),
        Action("language", SAY(language, "action_language"), question, other),
        *asks[:3],
        Action("share", SAY(language, "action_share"), question, language),
        Action("right", SAY(language, "action_right"), question, language),
        Action("wrong", SAY(language, "action_wrong"), question, language),
    )


def letter_items(letters: Iterable[Letter], language: Language) -> tuple[str, ...]:
    """One line per letter: the letter, its title, what it says."""
    colon = "：" if language == "zh" else ": "
    return tuple(f"`{x.letter}` {x.title.get(language)}{colon}{x.meaning.get(language)}" for x in letters)


def letter_lines(base: KnowledgeBase, state: str, language: Language) -> Bullets:
    """What each letter of the state says by itself."""
    return Bullets(letter_items(compose.letters(base, state), language), SAY(language, "letters"))


@lru_cache(maxsize=128)
def state_answer(base: KnowledgeBase, state: str, status: int | None, language: Language) -> Answer:
    """The answer to a legal state of two or four letters, with the HTTP status it came with, if any.

    The same few states are asked for again and again: the last ones are kept, so nobody may change what is in an answer.
    """
    pair, cookie = state[:2], state[2:]
    entry = base.states.get(pair)
    letters = compose.letters(base, state)
    first = letters[0]
    summary: list[Part] = []
    related: tuple[str, ...]
    if entry is not None:
        title, verdict = entry.title.get(language), entry.verdict.get(language)
        severity, blame = entry.severity, entry.blame
        summary += [Para(verdict), Para(entry.page.get(language), SAY(language, "page"))]
        related = tuple(dict.fromkeys((*entry.confused_with, *entry.related)))
    else:
        title = f"{first.title.get(language)} · {letters[1].title.get(language)}"
        verdict = compose.pair_sentence(base, pair, language)
        severity, blame = first.severity or "info", first.blame
        known = compose.recorded().get(pair)
        summary.append(Para(verdict))
        summary += [Para(known.text.get(language))] if known else []
        summary.append(Para(SAY(language, "composed_recorded" if known else "composed", code=pair)))
        related = tuple(p for p in codes.COMMON if p[0] == pair[0] and p in base.states)[:3]
    if status is not None:
        summary.append(Para(status_sentence(base, pair, status, language)))
    data: dict[str, Any] = {
        "code": state, "pair": pair, "cookie": cookie or None, "composed": entry is None, "title": title,
        "verdict": verdict, "blame": list(blame), "severity": severity, "who": codes.who(pair),
        "phase": codes.phase(pair), "status": status,
    }  # fmt: skip
    if cookie:
        sentence = SAY(language, "cookie_none") if cookie == "--" else compose.cookie_sentence(base, cookie, language)
        summary.append(Para(sentence, "" if cookie == "--" else f"{SAY(language, 'cookie')} `{cookie}`"))
        data["cookie_verdict"] = sentence
    depth: tuple[Part, ...]
    if entry is not None:
        summary += first_steps(entry, language)
        if entry.twin:
            summary.append(Para(entry.twin.get(language), SAY(language, "twin")))
        if not entry.documented:
            summary.append(Para(SAY(language, "own_entry", code=pair)))
        summary += _recorded_on(for_pair(pair), language)
        depth = details(entry, language)
        data = {**entry_data(entry, language), **data}
    else:
        if first.check:
            summary += [Para(first.check.text.get(language), SAY(language, "first_check")),
                        Code(first.check.command.strip(), language="sh")]  # fmt: skip
        summary += _recorded_on(for_pair(pair), language)
        depth = tuple(_evidence(for_pair(pair), None, language))
    depth = (*depth, letter_lines(base, state, language), *queries.parts(state, language))
    data["evidence"] = for_pair(pair)
    data["letters"] = [entry_data(letter, language) for letter in letters]
    question = f"{state} {status}" if status is not None else state
    matches = [Match(pair, title)]
    cookie_entry = base.cookies.get(f"cookie:{cookie}") if cookie and cookie != "--" else None
    if cookie_entry is not None:
        matches.append(Match(cookie_entry.id, cookie_entry.title.get(language), 0.5))
    return Answer(
        "state", language, f"{state} — {title}", question, tuple(summary), depth,
        state_actions(base, question, related, language), tuple(matches), severity, data,
    )  # fmt: skip


