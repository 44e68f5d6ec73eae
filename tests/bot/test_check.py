"""`haflag check`: says what is missing and what Slack would refuse, offline and asked online."""

import asyncio
from argparse import Namespace
from pathlib import Path

import pytest

from bot import check
from bot.shapes import shapes
from knowledge import base as knowledge
from tests.bot.slack_stub import SlackStub, running_stub

TOKENS = {"SLACK_BOT_TOKEN": "xoxb-1-2-abc", "SLACK_APP_TOKEN": "xapp-1-2-abc"}


@pytest.fixture
def environ(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET", "SLACK_API_URL"):
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


async def online(stub: SlackStub, environ: pytest.MonkeyPatch) -> int:
    for name, value in (TOKENS | {"SLACK_API_URL": f"{stub.base}/api/"}).items():
        environ.setenv(name, value)
    return await asyncio.to_thread(check.run, Namespace(manifest=None, offline=False))


def test_offline_the_shipped_manifest_and_every_message_are_well(environ, capsys):
    assert check.run(Namespace(manifest=None, offline=True)) == 0
    out = capsys.readouterr().out
    assert "FAIL" not in out
    assert "messages and windows" in out


def test_a_manifest_that_slack_would_refuse_fails(environ, tmp_path: Path, capsys):
    path = tmp_path / "m.json"
    path.write_text('{"display_information": {"name": ""}}')
    assert check.run(Namespace(manifest=path, offline=True)) == 1
    path.write_text("{")
    assert check.run(Namespace(manifest=path, offline=True)) == 1
    assert check.run(Namespace(manifest=tmp_path / "none.json", offline=True)) == 1
    assert "no manifest" in capsys.readouterr().out


def test_a_wrong_environment_is_said(environ, capsys):
    environ.setenv("SLACK_BOT_TOKEN", "xapp-no")
    assert check.run(Namespace(manifest=None, offline=True)) == 2
    assert "SLACK_BOT_TOKEN" in capsys.readouterr().err


async def test_online_slack_sees_every_message_and_missing_scopes_are_explained(environ, capsys):
    async with running_stub() as stub:
        assert await online(stub, environ) == 1, "the stub grants no scope, not even commands"
        out = capsys.readouterr().out
        assert "users:read is not granted; it is for the language" in out
        assert "FAIL  the scope commands" in out
        seen = [args for method, args in stub.calls if method == "blocks.validate"]
        assert len(seen) == sum(1 for _ in shapes(knowledge.load()))
        assert "xoxb-1-2-abc" not in out


@pytest.mark.parametrize(
    ("method", "error"), [("auth.test", "invalid_auth"), ("apps.connections.open", "not_allowed_token_type")]
)
async def test_a_token_that_slack_refuses_fails(environ, capsys, method: str, error: str):
    async with running_stub() as stub:
        stub.answers[method] = (200, {"ok": False, "error": error})
        assert await online(stub, environ) == 1
    assert error in capsys.readouterr().out


async def test_a_message_that_slack_refuses_fails_by_name(environ, capsys):
    async with running_stub() as stub:
        stub.answers["blocks.validate"] = (200, {"ok": False, "error": "invalid_blocks", "errors": ["too long"]})
        assert await online(stub, environ) == 1
    assert "FAIL  state en: too long" in capsys.readouterr().out


def test_the_local_check_notices_what_slack_would_not_take():
    long = {"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}
    assert list(check.local_faults("message", {"text": "x", "blocks": [long]}))
    assert not list(check.local_faults("message", {"text": "x", "blocks": [{"type": "divider"}]}))
