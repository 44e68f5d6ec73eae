"""The manifest that creates the Slack app: within Slack's limits, and nothing declared that has no listener."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from bot.manifest import LISTENED, SCOPES, faults, feature, scopes

ROOT = Path(__file__).parents[2]


@pytest.fixture
def manifest() -> dict[str, Any]:
    return json.loads((ROOT / "manifest.json").read_text("utf-8"))


def test_nothing_is_wrong_with_it(manifest: dict[str, Any]):
    assert faults(manifest) == []


def test_texts_are_bilingual(manifest: dict[str, Any]):
    features = manifest["features"]
    command, shown = features["slash_commands"][0], manifest["display_information"]
    texts = [shown["description"], shown["long_description"], command["description"], command["usage_hint"]]
    texts += [features["agent_view"]["agent_description"], manifest["functions"]["explain_log"]["description"]]
    texts += [shortcut["description"] for shortcut in features["shortcuts"]]
    for text in texts:
        assert any("一" <= c <= "鿿" for c in text), text
        assert any("a" <= c <= "z" for c in text), text


def test_only_the_command_is_required(manifest: dict[str, Any]):
    required, optional = scopes(manifest)
    assert required == {"commands"}
    assert required | optional == set(SCOPES)
    assert all(feature(scope, "en") != feature(scope, "zh") for scope in SCOPES)


def test_every_subscribed_event_has_a_listener_and_the_other_way_round(manifest: dict[str, Any]):
    assert set(manifest["settings"]["event_subscriptions"]["bot_events"]) == LISTENED


def test_it_works_without_a_public_address(manifest: dict[str, Any]):
    assert manifest["settings"]["socket_mode_enabled"] is True
    assert manifest["settings"]["interactivity"] == {"is_enabled": True}
    assert "http" not in json.dumps(manifest)


def _set(path: tuple[Any, ...], value: Any) -> Any:
    def change(manifest: dict[str, Any]) -> None:
        place: Any = manifest
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = value

    return change


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_set(("display_information", "name"), "x" * 36), "display_information.name"),
        (_set(("display_information", "description"), "x" * 141), "display_information.description"),
        (_set(("display_information", "long_description"), "short"), "175"),
        (_set(("features", "slash_commands", 0, "should_escape"), True), "should_escape"),
        (_set(("features", "slash_commands"), []), "slash_commands"),
        (_set(("features", "shortcuts"), []), "explain_log"),
        (_set(("features", "shortcuts", 0, "name"), "x" * 25), "name over 24"),
        (_set(("features", "agent_view", "suggested_prompts"), [{"title": "a", "message": "b"}] * 5), "more than 4"),
        (_set(("features", "assistant_view"), {"assistant_description": "x"}), "exclude"),
        (_set(("oauth_config", "scopes", "bot"), []), "lacks commands"),
        (_set(("oauth_config", "scopes", "bot_optional"), ["commands"]), "both required and optional"),
        (_set(("oauth_config", "scopes", "bot_optional"), []), "needs the scope app_mentions:read"),
        (_set(("settings", "event_subscriptions", "bot_events"), ["star_added", "function_executed"]), "star_added"),
        (_set(("settings", "event_subscriptions", "bot_events"), []), "function_executed"),
        (_set(("settings", "interactivity", "is_enabled"), False), "interactivity"),
        (_set(("settings", "org_deploy_enabled"), False), "org_deploy_enabled"),
        (_set(("functions", "explain_log", "input_parameters"), {}), "parameters"),
    ],
)
def test_what_slack_would_refuse_is_named(manifest: dict[str, Any], change: Any, said: str):
    changed = copy.deepcopy(manifest)
    change(changed)
    assert any(said in fault for fault in faults(changed)), faults(changed)
