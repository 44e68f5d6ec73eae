"""`term_events` → Answer: who moved first, the steps of each side in words, and what the value cannot tell."""

from typing import Any

import msgspec

from knowledge import term_events as decoder
from knowledge.answer_model import Action, Answer, Bullets, Code, Para, Part, Table
from knowledge.base import KnowledgeBase
from knowledge.language import sentences
from knowledge.model import Language
from knowledge.question import read
from knowledge.state_answer import state_actions, state_answer
from knowledge.term_events import Event, Field, Side, TermEvents, sentence

SAY = sentences("events").say
LOG_FORMAT = 'log-format "${HAPROXY_HTTP_LOG_FMT} term_events=%[term_events]"'
EXAMPLE = "{,,e1,S7s1,E1,M1,F1}"


def events_answer(base: KnowledgeBase, text: str, language: Language) -> Answer:
    """What is said to a text with a `term_events` value in it, or about `term_events` itself. Never raises.

    Where the text names one termination state too, the answer is the state's, with what the events add.
    """
    found = decoder.find(text)
    if found is None:
        return _bare(base, language)
    events, rest = found
    named = read(rest, base)
    if named.kind == "state":
        return _with_state(base, named.state, named.status, events, language)
    summary: tuple[Part, ...] = (Para(lead(events, language)), *_steps(events, language))
    return Answer(
        "events", language, SAY(language, "title", lead=SAY(language, _lead_key(events))), _question(events), summary,
        _details(events, language), state_actions(base, _question(events), (), language), data=events_data(events, language),
    )  # fmt: skip


def lead(events: TermEvents, language: Language) -> str:
    """Who or what moved first, in one or two sentences."""
    start, session = events.start, len(events.fields) == 1 or events.field("stream").exists
    if start is None:
        if events.sequence:
            return SAY(language, f"own_{events.sequence[0].side}")
        return SAY(language, "nothing" if session else "no_stream")
    what = _clause(events, start, language)
    if not events.sequence:
        return SAY(language, "no_sequence" if session else "no_stream_first", what=what)
    if start is events.sequence[0] and (below := _below(events)):
        return SAY(language, "first_below", what=what, below=_clause(events, below, language))
    return SAY(language, "first", what=what)


def in_line(events: TermEvents, language: Language) -> str:
    """What a log line's `term_events` adds to its state, in one or two sentences; empty where it shows a clean end."""
    if all(event.act == "own" for field in events.fields for event in field.events):
        return ""
    if not events.sequence:
        return SAY(language, "in_line", order=_clause(events, start, language)) if (start := events.start) else ""
    # HAProxy's own closings follow from what is said already, but for the very first.
    steps = [event for place, event in enumerate(events.sequence) if not place or event.act != "own"]
    order = SAY(language, "then").join(_clause(events, event, language) for event in steps)
    if below := _below(events):
        return SAY(language, "in_line_below", order=order, below=_clause(events, below, language))
    return SAY(language, "in_line", order=order)


def _below(events: TermEvents) -> Event | None:
    """What lies under the first step of the session; nothing under a timeout or a choice of HAProxy's own."""
    first = events.sequence[0]
    return None if first.act == "choice" else events.cause(first.side)


def events_data(events: TermEvents, language: Language) -> dict[str, Any]:
    """A decoded value for JSON: its fields with each event in HAProxy's own words and in `language`."""

    def one(event: Event) -> dict[str, str]:
        return {
            "code": event.code, "side": event.side, "name": event.name,
            "text": sentence(event, language, applet=events.applet),
        }  # fmt: skip

    fields = [{"place": f.place, "exists": f.exists, "events": [one(e) for e in f.events]} for f in events.fields]
    start = events.start
    return {
        "term_events": events.value, "lead": lead(events, language), "first": one(start) if start else None, "fields": fields,
    }  # fmt: skip


def _clause(events: TermEvents, event: Event, language: Language) -> str:
    return SAY(language, "clause", what=sentence(event, language, applet=events.applet), code=event.code)


def _question(events: TermEvents) -> str:
    return events.value if events.value.startswith("{") else f"term_events={events.value}"


def _lead_key(events: TermEvents) -> str:
    start = events.start
    if start is None:
        if not events.sequence:
            return "lead_nothing"
        return "lead_own" if all(event.act == "own" for event in events.sequence) else "lead_own_first"
    if start.type is None:
        return "lead_unknown"
    if start.type.name == "tout":
        return f"lead_timeout_{start.side}"
    return {"choice": "lead_choice", "fault": "lead_fault"}.get(start.act, f"lead_{start.side}")


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _steps(events: TermEvents, language: Language) -> tuple[Part, ...]:
    """The stream's sequence, then each side from the wire up; fields without events are passed over."""
    parts: list[Part] = []
    if events.sequence:
        items = [_clause(events, event, language) for event in events.sequence]
        full = len(events.sequence) == decoder.MOST
        parts.append(Bullets((*items, *((SAY(language, "order_full"),) if full else ())), SAY(language, "order")))
    if len(events.fields) > 1:
        parts += [_side(events, "client", language), _side(events, "server", language)]
    return tuple(parts)


def _side(events: TermEvents, side: Side, language: Language) -> Part:
    items = [_level(events, field, language) for field in events.below(side) if field.events]
    if side == "server" and events.applet:
        items = [_capital(SAY(language, "service_server")), *items]
    elif side == "server" and not events.field("bc").exists:
        items = [_capital(SAY(language, "no_server")), *items]
    return Bullets(tuple(items) or (_capital(SAY(language, "quiet")),), SAY(language, f"{side}_steps"))


def _level(events: TermEvents, field: Field, language: Language) -> str:
    first = field.events[0].level
    title = first.title.get(language) if first else field.place
    steps = SAY(language, "then").join(_clause(events, event, language) for event in field.events)
    return SAY(language, "level_full" if field.full else "level", title=_capital(title), steps=steps)


def _details(events: TermEvents, language: Language) -> tuple[Part, ...]:
    limits = ("case", "limit_order", "limit_four", "limit_own", "limit_format")
    notes = Bullets(tuple(SAY(language, key) for key in limits), SAY(language, "limits"))
    if len(events.fields) == 1:
        return (notes,)
    rows = []
    for field in events.fields:
        meaning = ", ".join(event.name for event in field.events) if field.exists else SAY(language, "absent")
        value = "".join(event.code for event in field.events) if field.exists else "-"
        rows.append(
            (
                SAY(language, f"place_{field.place}"),
                f"`{value}`" if value else "",
                f"`{meaning}`" if value not in ("", "-") else meaning or SAY(language, "quiet"),
            )
        )
    header = tuple(SAY(language, key) for key in ("field", "value", "meaning"))
    return (Table(header, tuple(rows), SAY(language, "fields")), notes)


def _with_state(base: KnowledgeBase, state: str, status: int | None, events: TermEvents, language: Language) -> Answer:
    own = state_answer(base, state, status, language)
    question = " ".join([state, *([str(status)] if status is not None else []), _question(events)])
    label = SAY(language, "in_answer")
    summary = (*own.summary[:1], Para(lead(events, language), label), *own.summary[1:])
    actions = tuple(a if a.kind == "ask" else msgspec.structs.replace(a, question=question) for a in own.actions)
    return msgspec.structs.replace(
        own, question=question, summary=summary, details=(*own.details, *_steps(events, language)), actions=actions,
        data={**own.data, "events": events_data(events, language)},
    )  # fmt: skip


def _bare(base: KnowledgeBase, language: Language) -> Answer:
    question = "term_events"
    summary: tuple[Part, ...] = (Para(SAY(language, "bare")), Code(LOG_FORMAT, SAY(language, "bare_log"), "haproxy"))
    notes = tuple(SAY(language, key) for key in ("case", "limit_order", "limit_four", "limit_own", "limit_format"))
    actions = state_actions(base, question, (), language)
    ask = Action("ask", SAY(language, "example"), EXAMPLE, language)
    return Answer(
        "events", language, SAY(language, "title_bare"), question, summary, (Bullets(notes, SAY(language, "limits")),),
        (*actions[:2], ask, *actions[2:]), data={"term_events": None},
    )  # fmt: skip
