"""The application over HTTP as Slack calls it: signed requests through the real server, guard and Bolt to the answer."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError

from bot import serve
from bot.app import OneWorkspace, build_app, http_session, web_client
from bot.once import Deliveries
from bot.reply import Reply
from bot.server import asgi
from bot.settings import Secret, Settings
from bot.tasks import Tasks
from knowledge import base as knowledge
from tests.bot.slack_stub import FORM, JSON, SECRET, TEAM, USER, SlackStub, form, running_stub, serving, signed, slash


class Bot:
    """The bot behind its server, beside a stub of Slack."""

    def __init__(self, url: str, slack: SlackStub, tasks: Tasks, session: aiohttp.ClientSession) -> None:
        self.url, self.slack, self.tasks, self._session = url, slack, tasks, session

    async def post(self, body: bytes, content_type: str = FORM, **headers: str) -> tuple[int, Any]:
        sent = signed(body, content_type) | headers
        async with self._session.post(f"{self.url}/slack/events", data=body, headers=sent) as answer:
            text = await answer.text()
            return answer.status, json.loads(text) if text.startswith("{") else text

    async def ask(self, text: str, **more: str) -> dict[str, Any]:
        status, answer = await self.post(form(slash(text, **more)))
        assert status == 200
        return answer


@pytest.fixture
async def bot() -> AsyncIterator[Bot]:
    async with running_stub() as slack, http_session() as session:
        settings = Settings(bot_token=Secret("xoxb-1"), signing_secret=Secret(SECRET), api_url=f"{slack.base}/api/", rate_limit=5)
        tasks = Tasks()
        client = web_client(settings, session)
        workspace = OneWorkspace("xoxb-1", client)
        app = build_app(settings, knowledge.load(), client=client, authorize=workspace, tasks=tasks)

        async def well() -> bool:
            return slack.response_status == 200

        async with serving(asgi(settings, Deliveries(app), checks={"store": well})) as url:
            yield Bot(url, slack, tasks, session)
            await tasks.drain(1)


def header(answer: dict[str, Any]) -> str:
    return str(answer["blocks"][0]["text"]["text"])


async def test_a_command_is_answered_in_its_ack_for_the_asker_alone(bot: Bot):
    answer = await bot.ask("sC")
    assert answer["response_type"] == "ephemeral"
    assert "sC — " in header(answer)
    assert answer["text"].startswith("sC — ")
    assert (answer["unfurl_links"], answer["unfurl_media"]) == (False, False)


async def test_case_is_meaning(bot: Bot):
    assert "cD — " in header(await bot.ask("cD"))
    assert "CD — " in header(await bot.ask("CD"))
    buttons = [e["value"] for b in (await bot.ask("cd"))["blocks"] if b["type"] == "actions" for e in b["elements"]]
    assert buttons[:2] == ["en cD", "en CD"]


async def test_nothing_is_asked_of_slack_before_the_answer(bot: Bot):
    bot.slack.answers["users.info"] = (500, {})
    assert "sC — " in header(await bot.ask("sC"))
    assert "auth.test" not in [method for method, _ in bot.slack.calls]


async def test_the_slack_locale_serves_from_the_second_question_on(bot: Bot):
    bot.slack.answers["users.info"] = (200, {"ok": True, "user": {"id": USER, "locale": "zh-TW"}})
    first = await bot.ask("sC")
    await bot.slack.until(lambda: not len(bot.tasks))
    second = await bot.ask("sC")
    third = await bot.ask("why does sC come")
    assert [method for method, _ in bot.slack.calls] == ["users.info"]
    assert bot.slack.calls[0][1]["user"] == USER
    zh = knowledge.load().answer("sC", "zh").title
    assert zh in header(second)
    assert zh not in header(first)
    assert zh not in header(third), "the script of the question comes before the locale"


async def test_without_the_scope_for_locales_everything_else_works(bot: Bot):
    bot.slack.answers["users.info"] = (200, {"ok": False, "error": "missing_scope"})
    for _ in range(3):
        assert "sC — " in header(await bot.ask("sC"))
    await bot.slack.until(lambda: not len(bot.tasks))
    assert len(bot.slack.calls) == 1


async def test_a_flood_of_questions_gets_a_friendly_word(bot: Bot):
    answers = [await bot.ask("sC") for _ in range(6)]
    assert all("sC — " in header(a) for a in answers[:5])
    assert "wait" in answers[5]["text"]
    assert "sC — " in header(await bot.ask("sC", user_id="U0OTHER001"))


async def test_a_defect_is_logged_without_content_and_said_with_a_next_step(
    bot: Bot, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("Sup3rSecret")

    monkeypatch.setattr("bot.listeners.commands.answer_for", broken)
    answer = await bot.ask("Sup3rSecret sC")
    assert "Please ask again" in answer["text"]
    from bot.logs import describe

    lines = [json.dumps(describe(r)) for r in caplog.records]
    assert any('"error": "RuntimeError"' in line for line in lines)
    assert not any("Sup3rSecret" in line for line in lines)


async def test_every_event_is_acked(bot: Bot):
    for kind in ("app_mention", "message", "reaction_added", "a_type_of_2030"):
        event = {"type": "event_callback", "team_id": TEAM, "event_id": kind, "event": {"type": kind, "user": USER}}
        assert await bot.post(json.dumps(event).encode(), JSON) == (200, "")


async def test_interactions_that_nothing_listens_to_are_acked(bot: Bot):
    user = {"user": {"id": USER}, "team": {"id": TEAM}, "trigger_id": "1.2.x"}
    view = {"type": "modal", "callback_id": "unknown", "id": "V1"}
    for payload in (
        {"type": "shortcut", "callback_id": "unknown"},
        {"type": "message_action", "callback_id": "unknown", "message": {}},
        {"type": "view_submission", "view": view},
        {"type": "view_closed", "view": view},
    ):
        assert (await bot.post(form({**user, **payload})))[0] == 200


async def test_url_verification_and_certificate_checks(bot: Bot):
    body = json.dumps({"type": "url_verification", "challenge": "abc"}).encode()
    assert (await bot.post(body, JSON))[1] == {"challenge": "abc"}
    assert (await bot.post(b"ssl_check=1&token=x"))[0] == 200


async def test_health_and_readiness(bot: Bot):
    async with aiohttp.ClientSession() as session:
        async with session.get(f"{bot.url}/healthz") as answer:
            assert (answer.status, await answer.text()) == (200, "ok")
        async with session.get(f"{bot.url}/readyz") as answer:
            assert (answer.status, await answer.json()) == (200, {"ready": True, "checks": {"store": True}})
        bot.slack.response_status = 500
        async with session.get(f"{bot.url}/readyz") as answer:
            assert (answer.status, (await answer.json())["ready"]) == (503, False)


async def test_a_check_that_joins_while_readiness_is_asked_for_is_no_error():
    checks: dict[str, Any] = {}

    async def store() -> bool:
        checks["socket"] = store
        return True

    checks["store"] = store
    app = asgi(Settings(), Deliveries(lambda *_: None), checks=checks)  # type: ignore[arg-type, return-value]
    async with serving(app) as url, aiohttp.ClientSession() as session, session.get(f"{url}/readyz") as answer:
        assert (answer.status, await answer.json()) == (200, {"ready": True, "checks": {"store": True}})


async def test_metrics_count_and_hold_no_words(bot: Bot):
    await bot.ask("Sup3rSecret")
    await bot.ask("sC")
    await bot.post(b"payload=%5B", FORM)
    await bot.post(b"x", "text/plain")
    async with aiohttp.ClientSession() as session, session.get(f"{bot.url}/metrics") as answer:
        assert answer.headers["content-type"].startswith("text/plain")
        said = await answer.text()
    for line in (
        'haflag_deliveries_total{outcome="answered",payload="command"} 2.0', 'haflag_ack_seconds_count{payload="command"} 2.0',
        'haflag_requests_refused_total{status="400"} 1.0', 'haflag_requests_refused_total{status="415"} 1.0',
    ):  # fmt: skip
        assert line in said
    assert "Sup3rSecret" not in said
    assert TEAM not in said


async def test_metrics_ask_for_their_token(bot: Bot):
    async def nothing(*_: object) -> Reply:
        return Reply()

    guarded = asgi(Settings(metrics_token=Secret("m-token")), Deliveries(nothing), checks={})
    async with serving(guarded) as url, aiohttp.ClientSession() as session:
        for given, status in (("", 401), ("Bearer wrong", 401), ("Bearer m-token", 200)):
            async with session.get(f"{url}/metrics", headers={"Authorization": given}) as answer:
                assert answer.status == status


@pytest.mark.parametrize("before", [b"", b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"], ids=["first", "second"])
async def test_half_a_request_head_is_given_up(monkeypatch: pytest.MonkeyPatch, bot: Bot, before: bytes):
    monkeypatch.setattr("bot.server.HEADER_SECONDS", 0.2)
    host, port = bot.url.split("/")[2].split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    if before:
        writer.write(before)
        assert (await reader.readuntil(b"ok")).startswith(b"HTTP/1.1 200")
        await asyncio.sleep(0.4)  # a connection at rest is left alone
    writer.write(b"POST /slack/events HTTP/1.1\r\nHost: x\r\n")
    try:
        assert await asyncio.wait_for(reader.read(), 5) == b""
    except ConnectionResetError:
        pass
    finally:
        writer.close()


async def test_a_token_is_checked_once_and_a_refused_one_named():
    async with running_stub() as slack, http_session() as session:
        workspace = OneWorkspace("xoxb-1", web_client(Settings(api_url=f"{slack.base}/api/"), session))
        assert await workspace.check() == TEAM
        result = await workspace(context=None, enterprise_id=None, team_id=TEAM, user_id=USER)
        assert (result.bot_token, result.bot_user_id, result.team_id) == ("xoxb-1", "U0BOT00001", TEAM)
        slack.answers["auth.test"] = (200, {"ok": False, "error": "token_revoked"})
        with pytest.raises(SlackApiError):
            await workspace.check()
        with pytest.raises(serve.StartError, match="SLACK_BOT_TOKEN: token_revoked"):
            await serve._admitted("SLACK_BOT_TOKEN", workspace.check, Tasks())


@pytest.mark.parametrize("trouble", [(500, "<html>"), (200, {"ok": False, "error": "internal_error"})])
async def test_slacks_own_trouble_at_start_is_waited_out(monkeypatch: pytest.MonkeyPatch, trouble: tuple[int, Any]):
    monkeypatch.setattr(serve, "AGAIN_SECONDS", 0.01)
    async with running_stub() as slack, http_session() as session:
        client = web_client(Settings(api_url=f"{slack.base}/api/"), session)
        client.retry_handlers.clear()
        slack.answers["auth.test"] = trouble
        tasks = Tasks()
        workspace = OneWorkspace("xoxb-1", client)
        await serve._admitted("SLACK_BOT_TOKEN", workspace.check, tasks)
        await slack.until(lambda: len(slack.calls) > 2)
        slack.answers.clear()
        await slack.until(lambda: not len(tasks))
        assert (await workspace()).team_id == TEAM


async def test_slacks_own_trouble_is_retried():
    async with running_stub() as slack, http_session() as session:
        client = web_client(Settings(api_url=f"{slack.base}/api/"), session)
        slack.answers["auth.test"] = (503, {"ok": False})
        calls = asyncio.create_task(client.auth_test(token="xoxb-1"))
        await slack.until(lambda: slack.calls)
        slack.answers.clear()
        assert (await calls)["team_id"] == TEAM
        assert len(slack.calls) > 1


def environment(slack: SlackStub) -> dict[str, str]:
    api = slack.base + "/api/"
    return {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_SIGNING_SECRET": SECRET, "SLACK_API_URL": api, "HAFLAG_HOST": "127.0.0.1"}


def run_serve(tmp_path: Path, **environ: str) -> "asyncio.Future[asyncio.subprocess.Process]":
    keep = {k: v for k, v in os.environ.items() if not k.startswith(("SLACK_", "HAFLAG_", "DATABASE_URL", "PORT"))}
    return asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "serve", cwd=tmp_path, stderr=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        env={**keep, "PYTHONPATH": os.pathsep.join(sys.path), "PORT": "0", "HAFLAG_DATA": str(tmp_path), **environ},
    )  # fmt: skip


async def test_the_process_serves_and_leaves_at_once_on_sigterm(tmp_path: Path):
    async with running_stub() as slack:
        process = await run_serve(tmp_path, **environment(slack))
        assert process.stderr is not None
        lines = []
        async with asyncio.timeout(30):
            while not (lines and lines[-1].get("message") == "serving"):
                lines.append(json.loads(await process.stderr.readline()))
        base = f"http://127.0.0.1:{lines[-1]['port']}"
        async with aiohttp.ClientSession() as session:
            body = form(slash("sC"))
            async with session.post(f"{base}/slack/events", data=body, headers=signed(body, FORM)) as answer:
                assert "sC — " in (await answer.json())["text"]
        await slack.until(lambda: "auth.test" in [method for method, _ in slack.calls])
        process.send_signal(signal.SIGTERM)
        _, rest = await asyncio.wait_for(process.communicate(), 10)
        assert process.returncode == 0
        assert b"error" not in rest
        assert SECRET.encode() not in rest


async def test_the_process_names_what_keeps_it_from_starting(tmp_path: Path):
    process = await run_serve(tmp_path, SLACK_BOT_TOKEN="xoxb-1", SLACK_APP_TOKEN="wrong")
    _, err = await asyncio.wait_for(process.communicate(), 30)
    assert process.returncode == 2
    assert b"SLACK_APP_TOKEN must be an app-level token" in err
    async with running_stub() as slack:
        slack.answers["auth.test"] = (200, {"ok": False, "error": "invalid_auth"})
        process = await run_serve(tmp_path, **environment(slack))
        _, err = await asyncio.wait_for(process.communicate(), 30)
        assert process.returncode == 1
        assert b"Slack refused SLACK_BOT_TOKEN: invalid_auth" in err
