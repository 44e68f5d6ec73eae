"""What Slack sends, read and checked for shape, so that nothing odd reaches Bolt. Errors never quote what was sent."""

import re
from hashlib import blake2b
from typing import Annotated, Any
from urllib.parse import unquote_plus

import msgspec
from msgspec import Meta, Struct

MAX_FIELDS = 100

Filled = Annotated[str, Meta(min_length=1)]
Id = Annotated[str, Meta(pattern=r"^[!-~]{1,255}$")]
"""An id of Slack's. It becomes part of keys and rows, where not every database takes every other character."""
Maybe = Annotated[str, Meta(pattern=r"^[!-~]{0,255}$")]
"""An id where Slack may leave it empty."""
Fields = dict[str, Any]


class PayloadError(ValueError):
    """A body that is no payload of Slack's; says what is wrong in constant words."""


class _Event(Struct):
    type: Filled
    user: Maybe | Fields | None = None
    channel: Maybe | Fields | None = None
    function: Fields | None = None


class _Function(Struct):
    callback_id: Filled


class _Step(Struct):
    function: _Function
    function_execution_id: Id
    inputs: Fields | None = None


class _Said(Struct):
    """What Bolt and the listeners read of messages, which also come inside other events."""

    user: Maybe | Fields | None = None
    subtype: str | None = None
    text: str | None = None
    ts: Maybe | None = None
    files: list[Fields] | None = None


class _Callback(Struct):
    event: _Event
    team_id: Maybe | None = None
    enterprise_id: Maybe | None = None
    event_id: str | None = None
    authorizations: list[Fields] | None = None


class _Option(Struct):
    value: str | None = None


class _Id(Struct):
    id: Id


class _Action(Struct):
    action_id: str
    value: str | None = None
    selected_option: _Option | None = None


class _Field(Struct):
    value: str | None = None
    selected_option: _Option | None = None


class _State(Struct):
    values: dict[str, dict[str, _Field]] = {}


class _View(Struct):
    type: Filled
    callback_id: str = ""
    private_metadata: str = ""
    state: _State | None = None


class _Interaction(Struct):
    type: Filled
    user: _Id
    team: _Id | None = None
    enterprise: _Id | None = None
    channel: _Id | None = None
    container: Fields | None = None
    message: Fields | None = None
    view: _View | None = None
    response_url: str | None = None
    trigger_id: str | None = None
    callback_id: str | None = None


class _Clicks(Struct):
    actions: Annotated[list[_Action], Meta(min_length=1)]


class _Slash(Struct):
    command: Annotated[str, Meta(pattern="^/")]
    team_id: Id
    user_id: Id
    enterprise_id: Maybe | None = None
    text: str = ""


_SAID = ("message", "app_mention")
_NEEDS_VIEW = ("view_submission", "view_closed")
_NEEDS_CALLBACK = ("shortcut", "message_action")
_EVENT_ENVELOPES = ("event_callback", "url_verification", "app_rate_limited")


def decode(content_type: str, body: bytes) -> Fields:
    """The payload in an HTTP body of one of Slack's two content types, checked. PayloadError for anything else."""
    try:
        if content_type == "application/json":
            payload = msgspec.json.decode(body)
        else:
            form = _form(body.decode())
            if form.get("ssl_check") == "1":
                return {"ssl_check": "1"}  # whatever else it says
            payload = msgspec.json.decode(form["payload"]) if "payload" in form else form
    except (msgspec.DecodeError, UnicodeDecodeError, ValueError, RecursionError):
        raise PayloadError("the body cannot be read") from None
    check(payload)
    return dict(payload)


def _form(body: str) -> dict[str, str]:
    """What parse_qsl makes of a form, in a quarter of its time, which is a fifth of an ack. ValueError where it has too many
    fields or is no UTF-8."""
    pairs = body.split("&")
    if len(pairs) > MAX_FIELDS:
        raise ValueError("too many fields")
    form = {}
    for pair in filter(None, pairs):
        name, _, value = pair.partition("=")
        if "%" in pair or "+" in pair:
            name, value = unquote_plus(name, errors="strict"), unquote_plus(value, errors="strict")
        form[name] = value
    return form


def check(payload: object) -> None:
    """PayloadError where a payload has not the shape of its kind; fields that are not named here are Slack's business."""
    if not isinstance(payload, dict):
        raise PayloadError("the payload is not an object")
    kind = payload.get("type")
    try:
        if "command" in payload:
            msgspec.convert(payload, _Slash)
        elif kind == "event_callback":
            msgspec.convert(payload, _Callback)
            event = payload["event"]
            if event["type"] == "function_executed":
                msgspec.convert(event, _Step)
            for said in (event if event["type"] in _SAID else None, event.get("message"), event.get("previous_message")):
                if isinstance(said, dict):
                    msgspec.convert(said, _Said)
        elif kind in _EVENT_ENVELOPES:
            if kind == "url_verification" and not isinstance(payload.get("challenge"), str):
                raise PayloadError("the challenge is missing")
        else:
            _check_interaction(payload)
    except msgspec.ValidationError:
        raise PayloadError("the payload has not the shape of its kind") from None


def _check_interaction(payload: Fields) -> None:
    interaction = msgspec.convert(payload, _Interaction)
    if interaction.type == "block_actions":
        msgspec.convert(payload, _Clicks)
    elif interaction.type in _NEEDS_VIEW and interaction.view is None:
        raise PayloadError("the view is missing")
    elif interaction.type in _NEEDS_CALLBACK and not interaction.callback_id:
        raise PayloadError("the callback id is missing")


_PLAIN = re.compile(r"[\w.:-]{1,120}", re.ASCII)
_EVENTS = {"app_mention": "mention", "message": "message", "app_home_opened": "home", "function_executed": "step"}
_INTERACTIONS = {
    "block_actions": "click", "view_submission": "view", "view_closed": "view", "shortcut": "shortcut",
    "message_action": "shortcut", "block_suggestion": "suggestion",
}  # fmt: skip


def name(payload: Fields, envelope: str = "") -> tuple[str, str, str]:
    """The kind of a payload (command, event, interaction, other), its surface, and the key by which a copy of it is known.

    The key is empty for what has none, or may be answered twice: a question for suggestions.
    """
    if "command" in payload:
        return "command", "command", _key(payload.get("trigger_id"), payload.get("command"), payload.get("text"))
    event = payload.get("event")
    if isinstance(event, dict):
        id = payload.get("event_id") or envelope
        return "event", _EVENTS.get(str(event.get("type")), "event"), safe(f"e:{id}") if id else ""
    surface = _INTERACTIONS.get(str(payload.get("type")), "")
    if not surface:
        return "other", "other", ""
    view = payload.get("view")
    pressed = (payload.get("callback_id"), payload.get("actions"), view.get("id") if isinstance(view, dict) else "")
    return "interaction", surface, "" if surface == "suggestion" else _key(payload.get("trigger_id") or envelope, *pressed)


def _key(trigger: object, *what: object) -> str:
    """Slack's trigger id with a digest of what was triggered, in no readable form."""
    return safe(f"t:{trigger}") + ":" + blake2b(repr(what).encode(), digest_size=8).hexdigest() if trigger else ""


def safe(key: str) -> str:
    """A key as it is where it is short and plain, as Slack's ids are; else its digest, which any database takes."""
    return key if _PLAIN.fullmatch(key) else blake2b(key.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
