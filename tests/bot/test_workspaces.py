"""Many workspaces: installed by a browser through the real pages, authorised from the database, renewed, erased."""

import asyncio
import json
import re
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest
from cryptography.fernet import Fernet
from slack_sdk.oauth.installation_store import Bot as HeldBot
from sqlalchemy import text

from bot import oauth
from bot.app import build_app, http_session, web_client
from bot.jobs import tidy
from bot.once import Deliveries
from bot.server import asgi
from bot.settings import Secret, Settings
from bot.store import Store, open_store
from bot.store.installations import Installations, OAuthStates, TokenBox
from bot.workspaces import Workspaces
from knowledge import base as knowledge
from tests.bot.slack_stub import FORM, JSON, SECRET, TEAM, SlackStub, form, running_stub, serving, signed, slash

KEY = Fernet.generate_key().decode()
TOKENS = ("xoxb-installed-1", "xoxe.xoxb-renewed", "xoxe-1-refresh", "xoxe-1-next")


class Bot:
    """The bot for many workspaces behind its server, beside a stub of Slack."""

    def __init__(self, url: str, slack: SlackStub, store: Store, workspaces: Workspaces, held: Installations) -> None:
        self.url, self.slack, self.store, self.workspaces, self.held = url, slack, store, workspaces, held

    async def open(self, path: str, cookie: str = "", **headers: str) -> tuple[int, str, str, str]:
        """Status, body, Location and cookie of a page, as a browser would get them."""
        sent = {**headers, **({"Cookie": cookie} if cookie else {})}
        async with (
            aiohttp.ClientSession() as session,
            session.get(self.url + path, headers=sent, allow_redirects=False) as answer,
        ):
            given = answer.headers.get("Set-Cookie", "").partition(";")[0]
            return answer.status, await answer.text(), answer.headers.get("Content-Security-Policy", ""), given

    async def install(self, **headers: str) -> tuple[int, str]:
        _, page, _, cookie = await self.open("/slack/install", **headers)
        address = re.search(r'href="([^"]+)"', page)
        assert address is not None
        state = parse_qs(urlsplit(address[1].replace("&amp;", "&")).query)["state"][0]
        status, page, *_ = await self.open(f"/slack/oauth_redirect?code=c1&state={state}", cookie, **headers)
        return status, page

    async def send(self, body: bytes, content_type: str) -> tuple[int, Any]:
        async with aiohttp.ClientSession() as session, session.post(
            f"{self.url}/slack/events", data=body, headers=signed(body, content_type)
        ) as answer:
            said = await answer.text()
            return answer.status, json.loads(said) if said.startswith("{") else said

    async def event(self, event: dict[str, Any], **more: Any) -> int:
        payload = {"type": "event_callback", "team_id": TEAM, "event_id": f"Ev{time.time_ns()}", "event": event, **more}
        return (await self.send(json.dumps(payload).encode(), JSON))[0]

    async def rows(self) -> str:
        async with self.store.engine.connect() as connection:
            tables = ("slack_bots", "slack_installations", "notes", "feedback")
            return str([(await connection.execute(text(f"SELECT * FROM {table}"))).all() for table in tables])


def granted(**more: Any) -> tuple[int, dict[str, Any]]:
    team = {"ok": True, "app_id": "A1", "team": {"id": TEAM, "name": "<b>ACME</b>"}, "authed_user": {"id": "U1"}}
    bot = {"access_token": TOKENS[0], "bot_user_id": "U0BOT", "scope": "commands,users:read", "token_type": "bot"}
    return 200, {**team, **bot, **more}


@pytest.fixture
async def bot(tmp_path: Path) -> AsyncIterator[Bot]:
    async with running_stub() as slack, http_session() as session:
        settings = Settings(
            client_id="1.2", client_secret=Secret("client-secret"), signing_secret=Secret(SECRET), api_url=f"{slack.base}/api/",
            token_keys=(Secret(KEY),), public_url="https://haflag.example.com", rate_limit=0,
        )  # fmt: skip
        client, store = web_client(settings, session), await open_store(None, tmp_path)
        held = Installations("1.2", store.engine, TokenBox([KEY]))
        workspaces = Workspaces(store, held, client, "1.2", "client-secret")
        app = build_app(settings, knowledge.load(), client=client, authorize=workspaces, store=store)
        deliveries = Deliveries(workspaces.watching(app), store.claims)
        pages = oauth.routes(settings, held, OAuthStates(600, store.engine), client)
        slack.answers["oauth.v2.access"] = granted()
        async with serving(asgi(settings, deliveries, checks={}, routes=pages)) as url:
            yield Bot(url, slack, store, workspaces, held)
        await store.close()


async def test_a_workspace_installs_asks_and_leaves(bot: Bot, caplog: pytest.LogCaptureFixture):
    status, said = await bot.send(form(slash("sC")), FORM)
    assert (status, "reinstall" in str(said)) == (200, True)
    status, page = await bot.install()
    assert status == 200
    assert "&lt;b&gt;ACME" in page
    assert "sC — " in (await bot.send(form(slash("sC")), FORM))[1]["text"]
    await bot.store.add_note(TEAM, "sC", "ours", "", "U1")
    rows = await bot.rows()
    assert not any(token in rows for token in TOKENS)
    assert await bot.event({"type": "app_uninstalled"}, event_time=int(time.time()) + 5) == 200
    assert await bot.rows() == str([[], [], [], []])
    assert "reinstall" in (await bot.send(form(slash("sC")), FORM))[1]["text"]
    assert not any(token in record.getMessage() for token in (*TOKENS, "client-secret") for record in caplog.records)


async def test_an_organisation_installs_for_all_its_workspaces(bot: Bot):
    organisation = {"is_enterprise_install": True, "enterprise": {"id": "E1", "name": "ACME"}, "team": None}
    bot.slack.answers["oauth.v2.access"] = granted(**organisation)
    assert (await bot.install())[0] == 200
    for team, whole in (("T8", "true"), ("T9", "true"), ("T9", "false")):
        asked = {**slash("sC"), "team_id": team, "enterprise_id": "E1", "is_enterprise_install": whole}
        assert "sC — " in (await bot.send(form({**asked, "trigger_id": f"{team}.{whole}"}), FORM))[1]["text"]
    elsewhere = {**slash("sC"), "team_id": "T9", "enterprise_id": "E2", "is_enterprise_install": "true", "trigger_id": "9.9"}
    assert "reinstall" in (await bot.send(form(elsewhere), FORM))[1]["text"]
    await bot.store.add_note("T8", "sC", "ours", "", "U1")
    await bot.store.add_note("T9", "sC", "theirs", "", "U1")
    assert len(await bot.store.notes("T8")) == len(await bot.store.notes("T9")) == 1
    ended = {"team_id": None, "enterprise_id": "E1", "event_time": int(time.time()) + 5}
    assert await bot.event({"type": "app_uninstalled"}, **ended) == 200
    assert (await bot.rows()).startswith("[[], [], ")
    asked = {**slash("sC"), "team_id": "T8", "enterprise_id": "E1", "is_enterprise_install": "true", "trigger_id": "8.9"}
    assert "reinstall" in (await bot.send(form(asked), FORM))[1]["text"]


async def test_the_page_says_what_is_asked_in_the_browsers_language(bot: Bot):
    status, page, policy, cookie = await bot.open("/slack/install?team=T1%26redirect_uri%3Dhttps://evil.example.com")
    assert (status, cookie.partition("=")[0]) == (200, "slack-app-oauth-state")
    assert "evil.example.com" not in page
    assert "https://haflag.example.com/slack/oauth_redirect" in page.replace("%3A", ":").replace("%2F", "/")
    assert all(f"<code>{scope}</code>" in page for scope in oauth.SCOPES)
    assert "default-src 'none'" in policy
    assert "安装到 Slack" in (await bot.open("/slack/install", **{"Accept-Language": "zh-CN,zh;q=0.9"}))[1]


def test_the_scopes_are_the_manifests():
    manifest = json.loads((Path(__file__).parents[2] / "manifest.json").read_text("utf-8"))["oauth_config"]["scopes"]
    assert set(oauth.SCOPES) == {*manifest["bot"], *manifest.get("bot_optional", ())}


async def test_a_callback_that_is_not_ours_installs_nothing(bot: Bot):
    _, page, _, cookie = await bot.open("/slack/install")
    state = parse_qs(urlsplit(re.search(r'href="([^"]+)"', page)[1].replace("&amp;", "&")).query)["state"][0]
    for path, with_cookie, status in (
        (f"?code=c1&state={state}", "", 400), ("?code=c1", cookie, 400), ("?code=c1&state=forged", cookie, 400),
        ("?error=access_denied", cookie, 200), ("?error=%3Cscript%3Ealert(1)%3C/script%3E", cookie, 200),
    ):  # fmt: skip
        found, body, *_ = await bot.open(f"/slack/oauth_redirect{path}", with_cookie)
        assert found == status
        assert "alert(1)" not in body
    assert (await bot.open(f"/slack/oauth_redirect?code=c1&state={state}", cookie))[0] == 200
    assert (await bot.open(f"/slack/oauth_redirect?code=c1&state={state}", cookie))[0] == 401
    bot.slack.answers["oauth.v2.access"] = (200, {"ok": False, "error": "invalid_code"})
    assert (await bot.install())[0] == 401
    bot.slack.answers["oauth.v2.access"] = (200, "<html>not JSON")
    assert (await bot.install())[0] in (401, 503)


async def test_installing_again_leaves_one_row(bot: Bot):
    await bot.install()
    bot.slack.answers["oauth.v2.access"] = granted(access_token="xoxb-second")
    await bot.install()
    async with bot.store.engine.connect() as connection:
        for table in ("slack_bots", "slack_installations"):
            assert len((await connection.execute(text(f"SELECT id FROM {table}"))).all()) == 1
    assert (await bot.held.async_find_bot(enterprise_id=None, team_id=TEAM)).bot_token == "xoxb-second"


async def test_events_older_than_the_installation_erase_nothing(bot: Bot):
    await bot.install()
    assert await bot.event({"type": "app_uninstalled"}, event_time=int(time.time()) - 60) == 200
    assert await bot.held.async_find_bot(enterprise_id=None, team_id=TEAM) is not None


async def test_revoked_tokens_are_erased_and_notes_stay(bot: Bot):
    await bot.install()
    await bot.store.add_note(TEAM, "sC", "ours", "", "U1")
    assert await bot.event({"type": "tokens_revoked", "tokens": {"bot": ["U0BOT"], "oauth": ["U1"]}}) == 200
    assert await bot.held.async_find_bot(enterprise_id=None, team_id=TEAM) is None
    assert len(await bot.store.notes(TEAM)) == 1


async def test_a_token_is_renewed_once_by_many_processes(bot: Bot):
    soon = int(time.time()) + 600
    await bot.held.async_save_bot(HeldBot(
        team_id=TEAM, bot_token=TOKENS[0], bot_id="B1", bot_user_id="U0BOT", bot_refresh_token=TOKENS[2],
        bot_token_expires_at=soon, installed_at=time.time(),
    ))  # fmt: skip
    bot.slack.answers["oauth.v2.access"] = granted(access_token=TOKENS[1], refresh_token=TOKENS[3], expires_in=43200)
    client = bot.workspaces._rotator.client
    others = [Workspaces(bot.store, bot.held, client, "1.2", "client-secret") for _ in range(4)]
    found = await asyncio.gather(*(w(context=None, enterprise_id=None, team_id=TEAM) for w in others for _ in range(3)))
    assert {result.bot_token for result in found} == {TOKENS[1]}
    calls = [arguments for method, arguments in bot.slack.calls if method == "oauth.v2.access"]
    assert [(c["grant_type"], c["refresh_token"]) for c in calls] == [("refresh_token", TOKENS[2])]
    rows = await bot.rows()
    assert not any(token in rows for token in TOKENS)


async def test_a_refused_renewal_does_not_end_a_token_that_is_still_good(bot: Bot):
    for seconds, works in ((600, True), (-5, False)):
        await bot.held.async_save_bot(HeldBot(
            team_id=f"T{seconds}", bot_token=TOKENS[0], bot_id="B1", bot_user_id="U0BOT", bot_refresh_token=TOKENS[2],
            bot_token_expires_at=int(time.time()) + seconds, installed_at=time.time(),
        ))  # fmt: skip
        bot.slack.answers["oauth.v2.access"] = (200, {"ok": False, "error": "invalid_refresh_token"})
        found = await bot.workspaces(context=None, enterprise_id=None, team_id=f"T{seconds}")
        assert (found is not None) == works


async def test_what_is_known_of_a_token_does_not_outlive_it(bot: Bot):
    await bot.held.async_save_bot(HeldBot(
        team_id=TEAM, bot_token=TOKENS[0], bot_id="B1", bot_user_id="U0BOT", bot_refresh_token=TOKENS[2],
        bot_token_expires_at=int(time.time()) + 20, installed_at=time.time(),
    ))  # fmt: skip
    bot.slack.answers["oauth.v2.access"] = (200, {"ok": False, "error": "invalid_refresh_token"})
    assert await bot.workspaces(context=None, enterprise_id=None, team_id=TEAM)
    [(_, until)] = bot.workspaces._known.values()
    assert until <= time.monotonic() + 20


async def test_states_that_ran_out_are_tidied_away(bot: Bot):
    await OAuthStates(-10, bot.store.engine).async_issue()
    await bot.open("/slack/install")
    assert await tidy(bot.store, 365) == 1
