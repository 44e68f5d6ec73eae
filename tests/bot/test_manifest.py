"""The manifest that creates the Slack app: within Slack's limits, and nothing declared that has no listener."""

import json
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def manifest() -> dict[str, Any]:
    return json.loads((ROOT / "manifest.json").read_text("utf-8"))


def test_texts_are_within_slacks_limits_and_bilingual(manifest: dict[str, Any]):
    shown = manifest["display_information"]
    assert len(shown["name"]) <= 35
    assert len(shown["description"]) <= 140
    assert 175 <= len(shown["long_description"]) <= 4_000
    command = manifest["features"]["slash_commands"][0]
    for text in (shown["description"], shown["long_description"], command["description"], command["usage_hint"]):
        assert any("一" <= c <= "鿿" for c in text)
        assert any("a" <= c <= "z" for c in text)


def test_the_command_keeps_what_is_typed(manifest: dict[str, Any]):
    [command] = manifest["features"]["slash_commands"]
    assert command["command"] == "/haflag"
    assert command["should_escape"] is False


def test_scopes_are_the_least_and_the_locale_is_optional(manifest: dict[str, Any]):
    assert manifest["oauth_config"]["scopes"] == {"bot": ["commands"], "bot_optional": ["users:read"]}


def test_it_works_without_a_public_address(manifest: dict[str, Any]):
    settings = manifest["settings"]
    assert settings["socket_mode_enabled"] is True
    assert settings["interactivity"] == {"is_enabled": True}
    assert "http" not in json.dumps(manifest)


def test_nothing_is_declared_that_has_no_listener(manifest: dict[str, Any]):
    assert set(manifest["features"]) == {"bot_user", "slash_commands"}
    assert "event_subscriptions" not in manifest["settings"]
    assert "functions" not in manifest
