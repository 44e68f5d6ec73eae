"""Answers that name several entries: a choice, a comparison, a status or directive alone, search hits, a wrong code."""

from knowledge import code as codes
from knowledge import compose
from knowledge.answer_model import Action, Answer, Bullets, Match, Para, Part, Table
from knowledge.base import KnowledgeBase
from knowledge.language import sentences
from knowledge.model import Language, State
from knowledge.state_answer import entry_data, letter_items, state_actions
from knowledge.status_fit import keeps_server_status, states_with

SAY = sentences("answer").say


def title_of(base: KnowledgeBase, id: str, language: Language) -> str:
    """An entry's title; for a pair or cookie pair without an entry its composed sentence."""
    entry = base.get(id)
    if entry is not None:
        return entry.title.get(language)
    if id.startswith("cookie:"):
        return compose.cookie_sentence(base, id.removeprefix("cookie:"), language)
    return compose.pair_sentence(base, id[:2], language)


def signature(state: State, language: Language) -> str:
    """What in a log line gives the state away: its usual status, and the timers that are -1 or equal a timeout."""
    signs = [str(s.logged) for s in state.statuses if s.usual][:2]
    signs += [f"`{t.name}` = `{t.value}`" for t in state.timers if t.value not in ("0", ">=0")][:2]
    return ("，" if language == "zh" else ", ").join(signs)


def _line(base: KnowledgeBase, id: str, language: Language) -> str:
    entry = base.get(id)
    title = title_of(base, id, language)
    signs = signature(entry, language) if isinstance(entry, State) else ""
    link = f"[[{id}]]" if entry is not None else f"`{id}`"
    if not signs:
        return f"{link} {title}"
    return f"{link} {title}（{signs}）" if language == "zh" else f"{link} {title} ({signs})"


def _matches(base: KnowledgeBase, hits: tuple[tuple[str, float], ...], language: Language) -> tuple[Match, ...]:
    return tuple(Match(id, title_of(base, id, language), round(score, 3)) for id, score in hits)


def _asks(base: KnowledgeBase, ids: tuple[str, ...], language: Language) -> tuple[Action, ...]:
    return tuple(Action("ask", f"{id} · {title_of(base, id, language)}", id, language) for id in ids)


def _language_action(question: str, language: Language) -> Action:
    other: Language = "en" if language == "zh" else "zh"
    return Action("language", SAY(language, "action_language"), question, other)


def choice_answer(base: KnowledgeBase, ids: tuple[str, ...], text: str, language: Language) -> Answer:
    """The readings of an ambiguous text, likeliest first, each with what gives it away in the log."""
    folded = {id.casefold() for id in ids}
    lead = SAY(language, "choice_case" if len(folded) == 1 else "choice_text", text=text)
    items = tuple(_line(base, id, language) for id in ids)
    matches = _matches(base, tuple((id, 0.9 - n / 100) for n, id in enumerate(ids)), language)
    return Answer(
        "choice", language, SAY(language, "choice_title"), text, (Para(lead), Bullets(items)), (),
        (*_asks(base, ids[:4], language), _language_action(text, language)), matches, None, {"choices": list(ids)},
    )  # fmt: skip


def compare_answer(base: KnowledgeBase, ids: tuple[str, ...], language: Language) -> Answer:
    """Entries side by side, and the observation that separates them."""
    ids = ids[:4]
    states = [base.get(id) for id in ids]
    names = [f"`{id}`" for id in ids]
    joint = "、" if language == "zh" else ", "
    title = SAY(language, "compare_title", left=joint.join(names[:-1]), right=names[-1])
    parts: list[Part] = []
    for id, entry in zip(ids, states, strict=True):
        verdict = getattr(entry, "verdict", None) or getattr(entry, "meaning", None)
        parts.append(Para(verdict.get(language) if verdict else title_of(base, id, language), id))
    apart = [e.twin.get(language) for e in states if isinstance(e, State) and e.twin and set(e.confused_with) & set(ids)]
    signs = [f"`{e.code}`: {s}" for e in states if isinstance(e, State) and (s := signature(e, language))]
    if apart or signs:
        parts.append(Bullets((*apart[:1], *signs), SAY(language, "tell_apart")))
    question = " vs ".join(id.removeprefix("cookie:") for id in ids)
    return Answer(
        "compare", language, title, question, tuple(parts), (),
        (*_asks(base, ids, language), _language_action(question, language)),
        _matches(base, tuple((id, 1.0) for id in ids), language), None,
        {"entries": [entry_data(e, language) for e in states if e is not None]},
    )  # fmt: skip


def fault_answer(base: KnowledgeBase, wrong: str, language: Language) -> Answer:
    """What is wrong with a code that is none: the character, its position, what is legal there, the nearest codes."""
    fault = codes.fault(wrong)
    joint = "、" if language == "zh" else ", "
    nearest = joint.join(f"[[{c}]]" if base.get(c) else f"`{c}`" for c in fault.nearest)
    legal = " ".join(f"`{c}`" for c in fault.legal)
    said = SAY(language, "fault_length") if fault.position == 0 else \
        SAY(language, "fault_character", character=fault.character, position=fault.position, legal=legal)  # fmt: skip
    legible = tuple(
        base.letter(n, c) for n, c in enumerate(fault.text, 1) if fault.position and c in codes.POSITIONS[n - 1]
    ) if len(fault.text) == 4 else ()  # fmt: skip
    parts: tuple[Part, ...] = (Para(said), Para(SAY(language, "fault_nearest", codes=nearest)))
    if legible:
        parts = (*parts, Bullets(letter_items(legible, language), SAY(language, "fault_legible")))
    hits = tuple((x.id, 0.5) for x in legible)
    data = {"wrong": fault.text, "position": fault.position, "legal": fault.legal, "nearest": list(fault.nearest)}
    actions = (*_asks(base, fault.nearest, language), _language_action(wrong, language))
    return Answer(
        "error", language, SAY(language, "fault_title", text=fault.text), wrong, parts, (), actions,
        _matches(base, hits, language), None, data,
    )  # fmt: skip


def status_answer(base: KnowledgeBase, status: int, text: str, language: Language) -> Answer:
    """The states that produce a status, most likely first, each with what to look for."""
    own = [
        s for s in states_with(base, status)
        if not keeps_server_status(s.code) and any(x.logged == status or (x.seen == status and status >= 400) for x in s.statuses)
    ]  # fmt: skip
    title = SAY(language, "status_title", status=status)
    if not own:
        parts: tuple[Part, ...] = (Para(SAY(language, "status_none", status=status)),)
        server: tuple[tuple[str, float], ...] = (("--", 0.6),) if 200 <= status <= 599 else ()
        return Answer(
            "status", language, title, str(status), parts, (), (_language_action(str(status), language),),
            _matches(base, server, language), None, {"status": status, "states": []},
        )  # fmt: skip
    items = tuple(_line(base, s.code, language) for s in own)
    parts = (
        Para(SAY(language, "status_lead", status=status)),
        Bullets(items[:3]),
        Para(SAY(language, "status_server", status=status)),
    )
    when = Table(
        (SAY(language, "letters"), SAY(language, "when")),
        tuple((f"[[{s.code}]]", x.when.get(language)) for s in own for x in s.statuses if status in (x.logged, x.seen)),
    )
    hits = tuple((s.code, 0.9 - n / 50) for n, s in enumerate(own[:12]))
    question = str(status)
    actions = (
        Action("details", SAY(language, "action_details"), question, language),
        *_asks(base, tuple(s.code for s in own[:3]), language),
        _language_action(question, language),
    )
    data = {"status": status, "states": [s.code for s in own]}
    depth: tuple[Part, ...] = (Bullets(items), when)
    return Answer("status", language, title, question, parts, depth, actions, _matches(base, hits, language), None, data)


def _distance(state: State, directive: str) -> int:
    """How far a configuration keyword is from a state, 0 nearest: it names the state, what the state means, its timers
    or a fix is about it, or it is only one of its keywords. States that the manual does not list come after all others."""
    if directive in state.title.en or directive in state.verdict.en:
        near = 0
    elif directive in state.meaning.en or any(directive in timer.value for timer in state.timers):
        near = 1
    else:
        near = 2 if any(directive in f.text.en or directive in f.config for f in state.fixes) else 3
    return near if state.documented else near + 4


def directive_answer(base: KnowledgeBase, directive: str, language: Language) -> Answer:
    """The states that a configuration keyword concerns."""
    states = [s for s in base.states.values() if directive in s.directives]
    states.sort(key=lambda s: (_distance(s, directive), codes.rank(s.code)))
    cookies = [c for c in base.cookies.values() if directive in c.directives]
    ids = (*(s.id for s in states), *(c.id for c in cookies))
    lines = tuple(_line(base, id, language) for id in ids)
    fixes = tuple(
        f"[[{s.code}]] {f.text.get(language)}" for s in states for f in s.fixes if directive in f.text.en or directive in f.config
    )  # fmt: skip
    parts = (Para(SAY(language, "directive_lead", directive=directive)), Bullets(lines[:5]))
    depth: tuple[Part, ...] = (Bullets(lines), *((Bullets(fixes, SAY(language, "fixes")),) if fixes else ()))
    title = SAY(language, "directive_title", directive=directive)
    hits = tuple((id, 0.9 - n / 50) for n, id in enumerate(ids[:12]))
    actions = (
        Action("details", SAY(language, "action_details"), directive, language),
        *_asks(base, ids[:3], language),
        _language_action(directive, language),
    )
    data = {"directive": directive, "states": list(ids)}
    return Answer("directive", language, title, directive, parts, depth, actions, _matches(base, hits, language), None, data)


def several_answer(base: KnowledgeBase, hits: tuple[tuple[str, float], ...], text: str, language: Language) -> Answer:
    """At most three entries that fit the words, each with the observation that tells it from the others."""
    ids = tuple(id for id, _ in hits[:3])
    parts = (Para(SAY(language, "search_several")), Bullets(tuple(_line(base, id, language) for id in ids)))
    actions = (*_asks(base, ids, language), *state_actions(base, text, (), language)[1:])
    return Answer(
        "search", language, SAY(language, "choice_title"), text, parts, (), actions, _matches(base, hits, language),
        None, {"outcome": "several"},
    )  # fmt: skip
