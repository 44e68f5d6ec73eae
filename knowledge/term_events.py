"""HAProxy's `term_events` sample decoded: which event happened on which side and level, in order, and which one started it."""

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Literal

from msgspec import Struct, convert

from knowledge.language import sentences
from knowledge.model import Language, Text

Side = Literal["client", "server"]
Act = Literal["own", "choice", "peer", "fault"]
Place = Literal["fc", "fc_mux", "fc_se", "stream", "bc_se", "bc_mux", "bc", "sequence"]

PLACES: tuple[Place, ...] = ("fc", "fc_mux", "fc_se", "stream", "bc_se", "bc_mux", "bc")
"""The seven fields of the tuple, from the client's socket to the server's. Source: `smp_fetch_tevts` (src/stream.c)."""

MOST = 4
"""HAProxy keeps the first four events of each field. Source: `tevt_report_event` (include/haproxy/connection.h)."""

_FIELD = r"(?:-|(?:[fhxmesFHXMES-][0-9a-fA-F]){0,4})"
_GAP = r"[ \t]{0,3}"
_TUPLE = re.compile(rf"\{{{_GAP}{_FIELD}(?:{_GAP},{_GAP}{_FIELD}){{6}}{_GAP}\}}")
_RUN = r"(?:[fhxmesFHXMES-][0-9a-fA-F]){1,4}"
_NAMED = re.compile(rf"\b(?:term_events|evts)\b[\"']?{_GAP}[=:]?{_GAP}[\"']?({_RUN})(?![\w-])")
_NAME = re.compile(rf"[\"']?\b(?:term_events|evts)\b[\"']?{_GAP}[=:]?{_GAP}[\"']?$")
_EVENT = re.compile(r"[A-Za-z-][0-9a-fA-F]")


class EventType(Struct, frozen=True, forbid_unknown_fields=True):
    """One event of a level: `name` is HAProxy's own; `act` says whose doing it was (see `term-events.toml`)."""

    digit: str
    name: str
    act: Act
    text: Text


class Level(Struct, frozen=True, forbid_unknown_fields=True):
    """Where HAProxy reports events. `letter` is that of the client's side; `name` is HAProxy's own."""

    letter: str
    name: str
    title: Text
    event: tuple[EventType, ...]


class _Levels(Struct, frozen=True, forbid_unknown_fields=True):
    level: tuple[Level, ...]


class Event(Struct, frozen=True):
    """One event as logged (`S7`). `level` and `type` are None where this HAProxy knows more than we do."""

    code: str
    side: Side
    level: Level | None
    type: EventType | None

    @property
    def name(self) -> str:
        """As HAProxy's dev/term_events tool has it: `STRM:tout`, capitals on the server side, `-` for what is unknown."""
        level = self.level.name if self.level else "-"
        return f"{level.upper() if self.code[0].isupper() else level}:{self.type.name if self.type else '-'}"

    @property
    def act(self) -> Act:
        return self.type.act if self.type else "fault"


class Field(Struct, frozen=True):
    """The events of one place, oldest first. `exists` is False where HAProxy logged `-`: no such thing, or it keeps no events."""

    place: Place
    events: tuple[Event, ...]
    exists: bool = True

    @property
    def full(self) -> bool:
        """True where later events may be missing."""
        return len(self.events) == MOST


class TermEvents(Struct, frozen=True):
    """A decoded value: seven fields, or one of place "sequence" for a lone run of events (`S7s1`)."""

    value: str
    fields: tuple[Field, ...]

    def field(self, place: Place) -> Field:
        """The field of that place, an absent one where the value has none."""
        return next((f for f in self.fields if f.place == place), Field(place, (), exists=False))

    @property
    def sequence(self) -> tuple[Event, ...]:
        """The events whose order across the two sides is known: those of the stream, or of a lone run."""
        return self.fields[0].events if len(self.fields) == 1 else self.field("stream").events

    @property
    def applet(self) -> bool:
        """True where HAProxy's own service was the server: an endpoint with events, no mux and no connection behind it."""
        if len(self.fields) == 1:
            return False
        behind = self.field("bc_mux").exists or self.field("bc").exists
        return bool(self.field("bc_se").events) and not behind and any(e.act == "peer" for e in self._peers("server"))

    def _peers(self, side: Side) -> tuple[Event, ...]:
        return tuple(e for e in self.sequence if e.side == side)

    def below(self, side: Side) -> tuple[Field, ...]:
        """The fields of one side, from the wire up to the exchange, without the stream."""
        places: tuple[Place, ...] = ("fc", "fc_mux", "fc_se") if side == "client" else ("bc", "bc_mux", "bc_se")
        return tuple(self.field(place) for place in places) if len(self.fields) > 1 else ()

    @property
    def start(self) -> Event | None:
        """The event that set things off on the side that moved first; None where HAProxy closed without recording a reason.

        Without a stream it is the first event on the client's side that is not HAProxy's own closing.
        """
        if not self.sequence:
            return self.cause("client") or self.cause("server")
        first = self.sequence[0]
        return first if first.act != "own" else self.cause(first.side)

    def cause(self, side: Side) -> Event | None:
        """The event below the stream that explains a side's end best: a verdict on what was received, else the wire's own.

        What comes after HAProxy's own closing of a field explains nothing.
        """
        wire = [field.events[0] if field.events and field.events[0].act != "own" else None for field in self.below(side)]
        for event in reversed(wire):
            if event is not None and event.code[1].upper() in "789ABC" and event.code[0].upper() in "EM":
                return event
        return next((event for event in wire if event is not None), None)


@cache
def levels() -> dict[str, Level]:
    """The levels of `term-events.toml` by their letter, small. msgspec's error names the field at fault."""
    path = files("knowledge") / "entries" / "term-events.toml"
    found = convert(tomllib.loads(path.read_text("utf-8")), _Levels)
    return {level.letter: level for level in found.level}


@cache
def _types() -> dict[str, EventType]:
    return {level.letter + event.digit: event for level in levels().values() for event in level.event}


def find(text: str) -> tuple[TermEvents, str] | None:
    """The first value in `text` and the text without it; None where there is none. Never raises; linear.

    A value is the whole tuple (`{,,e1,S7s1,E1,M1,F1}`), or one run of events after `term_events` or `evts`.
    """
    if found := _TUPLE.search(text):
        return _decoded(found[0]), _NAME.sub("", text[: found.start()]) + " " + text[found.end() :]
    if found := _NAMED.search(text):
        return _decoded(found[1]), text[: found.start()] + " " + text[found.end() :]
    return None


def logged(text: str) -> str | None:
    """The tuple that a log line carries as a word of its own, without a name, where it has any event; None elsewhere."""
    for found in _TUPLE.finditer(text):
        around = text[found.start() - 1 : found.start()], text[found.end() : found.end() + 1]
        if all(not edge or edge in " \t|,;\"'" for edge in around) and (_EVENT.search(found[0])):
            return found[0]
    return None


def decode(value: str) -> TermEvents | None:
    """A whole value, a tuple or a run of events (`S7s1`), decoded; None where it is no such thing. Never raises."""
    value = value.strip()
    if _TUPLE.fullmatch(value) or re.fullmatch(_RUN, value):
        return _decoded(value)
    return None


def _decoded(value: str) -> TermEvents:
    if not value.startswith("{"):
        return TermEvents(value, (_field("sequence", value),))
    parts = [part.strip() for part in value[1:-1].split(",")]
    return TermEvents("{" + ",".join(parts) + "}", tuple(_field(place, part) for place, part in zip(PLACES, parts, strict=True)))


def _field(place: Place, text: str) -> Field:
    if text == "-":
        return Field(place, (), exists=False)
    return Field(place, tuple(_event(place, code) for code in _EVENT.findall(text)))


def _event(place: Place, code: str) -> Event:
    letter, digit = code[0].casefold(), code[1].upper()
    # Outside of the stream's field the place says the side: an endpoint without its stream is written in small letters.
    server = place.startswith("bc") or (code[0].isupper() and not place.startswith("fc"))
    return Event(code, "server" if server else "client", levels().get(letter), _types().get(letter + digit))


def sentence(event: Event, language: Language, *, applet: bool = False) -> str:
    """What an event says, a clause without its end; `applet` where HAProxy's own service stands for the server."""
    say = sentences("events").say
    if event.type is None:
        return say(language, "unknown")
    service = applet and event.side == "server"
    words = {
        "peer": say(language, "service" if service else event.side), "side": say(language, f"side_{event.side}"),
        "message": say(language, "request" if event.side == "client" else "response"), "role": event.side,
    }  # fmt: skip
    return event.type.text.get(language).format(**words).strip()
