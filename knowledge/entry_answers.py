"""Answers about one thing that is no state: a letter, a cookie pair, a timer, a word that HAProxy writes."""

from typing import Any

from knowledge import code as codes
from knowledge import compose
from knowledge.answer_model import Answer, Bullets, Heading, Match, Para, Part
from knowledge.base import KnowledgeBase
from knowledge.language import sentences
from knowledge.model import Language, Letter, Message, TimerEntry
from knowledge.state_answer import (
    check_parts,
    details,
    entry_data,
    first_steps,
    letter_items,
    state_actions,
    state_answer,
)
from knowledge.status_fit import bounds

SAY = sentences("answer").say


def letter_answer(base: KnowledgeBase, ids: tuple[str, ...], language: Language) -> Answer:
    """What one letter means, in every position of `ids` (`pos2:D`); all `ids` carry the same letter."""
    letters = [entry for id in ids if isinstance(entry := base.get(id), Letter)]
    letter = letters[0].letter
    summary: list[Part] = []
    depth: list[Part] = []
    for entry in letters:
        label = SAY(language, f"position{entry.position}")
        stop = "。" if language == "zh" else ". "
        summary.append(Para(f"*{entry.title.get(language)}*{stop}{entry.meaning.get(language)}", label))
        if entry.check:
            depth += check_parts(entry.check, language, f"{label}: {SAY(language, 'first_check')}")
        if entry.position <= 2:
            states = [s for s in base.states.values() if s.code[entry.position - 1] == letter]
            states.sort(key=lambda s: codes.rank(s.code))
            items = tuple(f"[[{s.code}]] {s.title.get(language)}" for s in states)
            if items:
                depth.append(Bullets(items, f"{label}: {SAY(language, 'pairs_with')}"))
    for entry in letters:
        if letter.isalpha() and letter.swapcase() in codes.POSITIONS[entry.position - 1]:
            other = base.letter(entry.position, letter.swapcase())
            title = other.title.get(language)
            summary.append(Para(SAY(language, "other_case", other=other.letter, title=title), SAY(language, "twin")))
    matches = tuple(Match(entry.id, entry.title.get(language)) for entry in letters)
    question = letter if len(letters) > 1 else letters[0].id
    return Answer(
        "letter", language, SAY(language, "letter_title", letter=letter), question, tuple(summary), tuple(depth),
        state_actions(base, question, (), language), matches, letters[0].severity if len(letters) == 1 else None,
        {"letter": letter, "positions": [entry_data(entry, language) for entry in letters]},
    )  # fmt: skip


def cookie_answer(base: KnowledgeBase, cookie: str, language: Language, state: str = "") -> Answer:
    """What the last two letters mean, from their entry or letter by letter. With a `state` (`--NI`) its pair is said too."""
    entry = base.cookies.get(f"cookie:{cookie}")
    letters = (base.letter(3, cookie[0]), base.letter(4, cookie[1]))
    by_letter = Bullets(letter_items(letters, language), SAY(language, "letters"))
    id, question = f"cookie:{cookie}", state or f"cookie:{cookie}"
    sentence = compose.cookie_sentence(base, cookie, language)
    data: dict[str, Any] = {"cookie": cookie, "composed": entry is None, "cookie_verdict": sentence}
    pair: tuple[Part, ...] = ()
    pair_match: tuple[Match, ...] = ()
    if state:
        ending = state_answer(base, state[:2], None, language)
        assert isinstance(ending.summary[0], Para)
        pair = (Para(ending.summary[0].text, f"`{state[:2]}`"),)
        pair_match = (Match(state[:2], ending.matches[0].title, 0.5),)
        data |= {key: ending.data[key] for key in ("pair", "verdict", "blame", "severity", "who", "phase")} | {"code": state}
    if entry is None:
        title = f"{letters[0].title.get(language)} · {letters[1].title.get(language)}"
        summary: tuple[Part, ...] = (Para(sentence), Para(SAY(language, "cookie_composed", cookie=cookie)), *pair, by_letter)
        near = tuple(Match(x.id, x.title.get(language), 0.9) for x in letters)
        matches: tuple[Match, ...] = (Match(id, title), *pair_match, *near)
        actions = state_actions(base, question, (), language)
        return Answer("cookie", language, f"{cookie} — {title}", question, summary, (), actions, matches, None, data)
    title = entry.title.get(language)
    summary = (Para(entry.verdict.get(language)), *pair, *first_steps(entry, language))
    related = tuple(dict.fromkeys((*entry.confused_with, *entry.related)))
    return Answer(
        "cookie", language, f"{cookie} — {title}", question, summary, (*details(entry, language), by_letter),
        state_actions(base, question, related, language), (Match(entry.id, title), *pair_match), entry.severity,
        {**entry_data(entry, language), **data},
    )  # fmt: skip


def timer_answer(base: KnowledgeBase, entry: TimerEntry, language: Language) -> Answer:
    """What a timer measures and what -1 in it says; in the details the states that show in it."""
    summary = (
        Para(entry.meaning.get(language)),
        Para(entry.minus_one.get(language), SAY(language, "minus_one")),
        *((Para(within, SAY(language, "versions")),) if (within := bounds(entry.since, entry.until, language)) else ()),
    )
    rows = [(s, t) for s in base.states.values() for t in s.timers if t.name == entry.name]
    rows.sort(key=lambda row: codes.rank(row[0].code))
    items = tuple(f"[[{s.code}]] `{t.value}`: {t.note.get(language)}" for s, t in rows)
    depth: tuple[Part, ...] = (Heading(SAY(language, "pairs_with")), Bullets(items)) if items else ()
    title = entry.title.get(language)
    return Answer(
        "timer", language, title, entry.id, summary, depth, state_actions(base, entry.id, (), language),
        (Match(entry.id, title),), None, entry_data(entry, language),
    )  # fmt: skip


def message_answer(base: KnowledgeBase, entry: Message, language: Language) -> Answer:
    """What a word or notice of HAProxy's own says, and the states it goes with."""
    summary: list[Part] = [Para(entry.meaning.get(language))]
    if entry.check:
        summary += check_parts(entry.check, language, SAY(language, "first_check"))
    states = [s for code in entry.states if (s := base.states.get(code)) is not None]
    if states:
        items = tuple(f"[[{s.code}]] {s.title.get(language)}" for s in states)
        summary.append(Bullets(items, SAY(language, "pairs_with")))
    matches = (
        *(Match(s.code, s.title.get(language), 0.9) for s in states),
        Match(entry.id, entry.title.get(language), 0.8),
    )
    return Answer(
        "message", language, entry.title.get(language), entry.id, tuple(summary), (),
        state_actions(base, entry.id, entry.states, language), matches, None, entry_data(entry, language),
    )  # fmt: skip
