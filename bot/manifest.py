"""The app's manifest against what Slack accepts: sizes, scopes that its features need, and what this bot listens to.

Limits are those of Slack's manifest schema 2.0 and its reference page; the form of `functions` is that of Bolt's own
custom-step template.
"""

import re
from collections.abc import Iterator
from typing import Any

from knowledge.language import sentences
from knowledge.model import Language

EXPLAIN, ASK, STEP = "explain_log", "ask_haflag", "explain_log"
"""Callback ids of the message shortcut, the global shortcut and the workflow step."""

SAY = sentences("slack_home", "bot").say

LENGTHS = {
    ("display_information", "name"): (1, 35),
    ("display_information", "description"): (0, 140),
    ("display_information", "long_description"): (175, 4_000),
    ("features", "bot_user", "display_name"): (1, 80),
    ("features", "agent_view", "agent_description"): (1, 300),
}
"""Characters, least and most."""
EVENT_SCOPES = {
    "app_mention": "app_mentions:read", "message.im": "im:history", "message.channels": "channels:history",
    "message.groups": "groups:history", "message.mpim": "mpim:history", "file_shared": "files:read",
}  # fmt: skip
SCOPES = (
    "app_mentions:read", "assistant:write", "channels:history", "chat:write", "commands", "files:read", "files:write",
    "groups:history", "im:history", "users:read",
)  # fmt: skip
"""Every scope that something in this bot uses; `phrases/slack_home.toml` says what each is for."""
LISTENED = {"app_home_opened", "app_mention", "app_uninstalled", "function_executed", "message.im", "tokens_revoked"}
STEP_INPUTS, STEP_OUTPUTS = {"text", "language"}, {"state", "verdict", "blame", "severity", "text"}


def faults(manifest: dict[str, Any]) -> list[str]:
    """What Slack would refuse, or what would not work with this bot; one sentence each."""
    return [*_lengths(manifest), *_commands(manifest), *_events(manifest), *_prompts(manifest), *_step(manifest)]


def feature(scope: str, language: Language) -> str:
    """What a scope is for."""
    return SAY(language, "scope_" + re.sub(r"\W", "_", scope))


def scopes(manifest: dict[str, Any]) -> tuple[set[str], set[str]]:
    """Required and optional bot scopes."""
    listed = _at(manifest, "oauth_config", "scopes") or {}
    return set(listed.get("bot") or ()), set(listed.get("bot_optional") or ())


def _at(found: Any, *path: str) -> Any:
    for name in path:
        found = found.get(name) if isinstance(found, dict) else None
    return found


def _lengths(manifest: dict[str, Any]) -> Iterator[str]:
    for path, (least, most) in LENGTHS.items():
        text = _at(manifest, *path)
        if text is None and least and path[-1] in ("name", "display_name"):
            yield f"{'.'.join(path)} is missing"
        elif text is not None and not least <= len(text) <= most:
            yield f"{'.'.join(path)} has {len(text)} characters; Slack takes {least} to {most}"


def _commands(manifest: dict[str, Any]) -> Iterator[str]:
    commands = _at(manifest, "features", "slash_commands") or []
    if not commands:
        yield "features.slash_commands is empty: there would be no command"
    for command in commands:
        if len(command.get("command", "")) > 32 or not str(command.get("command", "")).startswith("/"):
            yield f"the command {command.get('command')!r} must start with / and have at most 32 characters"
        if command.get("should_escape"):
            yield "should_escape must be false: escaped text is not what was pasted"
    shortcuts = _at(manifest, "features", "shortcuts") or []
    for shortcut in shortcuts:
        if len(shortcut.get("name", "")) > 24 or len(shortcut.get("description", "")) > 150:
            yield f"the shortcut {shortcut.get('name')!r} has a name over 24 or a description over 150 characters"
    found = {(s.get("type"), s.get("callback_id")) for s in shortcuts}
    for wanted in (("message", EXPLAIN), ("global", ASK)):
        if wanted not in found:
            yield f"features.shortcuts lacks the {wanted[0]} shortcut with callback_id {wanted[1]}"
    if _at(manifest, "settings", "interactivity", "is_enabled") is not True:
        yield "settings.interactivity.is_enabled must be true: no button would work"


def _events(manifest: dict[str, Any]) -> Iterator[str]:
    events = set(_at(manifest, "settings", "event_subscriptions", "bot_events") or ())
    required, optional = scopes(manifest)
    if "commands" not in required:
        yield "oauth_config.scopes.bot lacks commands"
    if both := required & optional:
        yield f"scopes are both required and optional: {', '.join(sorted(both))}"
    for event in sorted(events):
        scope = EVENT_SCOPES.get(event)
        if scope and scope not in required | optional:
            yield f"the event {event} needs the scope {scope}"
        if event not in LISTENED and not event.startswith("message."):
            yield f"the event {event} is subscribed, but nothing in this bot does anything with it"


def _prompts(manifest: dict[str, Any]) -> Iterator[str]:
    prompts = _at(manifest, "features", "agent_view", "suggested_prompts") or []
    if len(prompts) > 4:
        yield "features.agent_view.suggested_prompts has more than 4 prompts"
    if any(not p.get("title") or not p.get("message") for p in prompts):
        yield "a suggested prompt needs a title and a message"
    if _at(manifest, "features", "agent_view") and _at(manifest, "features", "assistant_view"):
        yield "agent_view and assistant_view exclude each other"


def _step(manifest: dict[str, Any]) -> Iterator[str]:
    step = _at(manifest, "functions", STEP)
    if step is None:
        return
    if set(step.get("input_parameters") or ()) != STEP_INPUTS or set(step.get("output_parameters") or ()) != STEP_OUTPUTS:
        yield f"functions.{STEP} has other parameters than the step takes and gives"
    if _at(manifest, "settings", "org_deploy_enabled") is not True:
        yield "settings.org_deploy_enabled must be true: Slack takes workflow steps from such apps only"
    events = _at(manifest, "settings", "event_subscriptions", "bot_events") or ()
    if "function_executed" not in events:
        yield "the event function_executed is not subscribed: the workflow step would never run"
