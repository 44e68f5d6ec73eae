"""The reference: every pair and entry has its page in both languages, every link and anchor of every page resolves."""

import asyncio
import re
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from html.parser import HTMLParser
from pathlib import Path, PurePosixPath
from posixpath import normpath

import aiohttp
import pytest
from starlette.applications import Starlette

from bot.app import http_session
from bot.limits import RateLimit
from bot.listeners.replies import details, said
from bot.render import blocks
from bot.serve import serve
from bot.services import Services
from bot.settings import Secret, Settings
from bot.site.address import address
from bot.site.export import write
from bot.site.mount import mounted
from bot.site.pages import Pages
from bot.tasks import Tasks
from knowledge import code as codes
from knowledge.base import KnowledgeBase, load
from knowledge.evidence import Record, records
from knowledge.model import Language
from tests.bot.serving import serving
from tests.bot.slack_stub import SECRET, running_stub
from tests.bot.talking import talking
from tests.bot.test_blocks import QUESTIONS, of_type

PUBLIC = "https://haflag.example.com/bot"


class Page(HTMLParser):
    """What a page links to, the ids that it has, its language, scripts written into it, and its headings."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids: list[str] = []
        self.inline = 0
        self.lang = ""
        self.headings: list[int] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.links += [value for name in ("href", "src") if (value := given.get(name))]
        self.ids += [value for value in (given.get("id"),) if value]
        self.inline += (tag == "script" and "src" not in given) + (tag == "style")
        self.inline += any(name.startswith("on") or name == "style" for name in given)
        if tag == "html":
            self.lang = given.get("lang") or ""
        if len(tag) == 2 and tag[0] == "h" and tag[1].isdigit():
            self.headings.append(int(tag[1]))


@pytest.fixture(scope="module")
def base() -> KnowledgeBase:
    return load()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    write(folder)
    return folder


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[str, Page]:
    return {str(PurePosixPath(f.relative_to(site))): Page(f.read_text("utf-8")) for f in site.rglob("*.html")}


@pytest.fixture
async def served(base: KnowledgeBase) -> AsyncIterator[aiohttp.ClientSession]:
    """Asks the served reference."""
    application = Starlette(routes=mounted(base))
    async with serving(lambda _: application) as url, aiohttp.ClientSession(url) as session:
        yield session


def test_every_pair_and_every_entry_has_a_page_in_both_languages(base: KnowledgeBase, pages: dict[str, Page]):
    for id in [*codes.PAIRS, *(entry.id for entry in base)]:
        found = address(base, id)
        assert found, id
        path, _, anchor = found.partition("#")
        for language in ("en", "zh"):
            assert f"{language}/{path}" in pages, id
            assert not anchor or anchor in pages[f"{language}/{path}"].ids, id


def test_no_two_pages_are_one_file_where_case_is_ignored(pages: dict[str, Page]):
    assert len({path.casefold() for path in pages}) == len(pages) > 2 * 96


def test_every_link_of_every_page_resolves(site: Path, pages: dict[str, Page]):
    for path, page in pages.items():
        for link in page.links:
            assert "://" not in link, f"{path} links to {link}"
            target, _, anchor = link.partition("#")
            where = normpath(f"{PurePosixPath(path).parent}/{target}") if target else path
            assert (site / where).is_file(), f"{path} links to {link}"
            assert not anchor or anchor in pages[where].ids, f"{path} links to {link}"


def test_pages_have_one_title_no_inline_script_unique_ids_and_their_language(pages: dict[str, Page]):
    for path, page in pages.items():
        assert page.inline == 0, path
        assert page.headings.count(1) == 1, path
        assert page.headings[0] == 1, path
        assert all(later - earlier <= 1 for earlier, later in zip(page.headings, page.headings[1:], strict=False)), path
        assert len(set(page.ids)) == len(page.ids), path
        assert page.lang == ("zh-CN" if path.startswith("zh/") else "en"), path


def test_an_entry_page_shows_what_live_haproxies_logged(base: KnowledgeBase):
    recorded = {record.pair for record in records()}
    shown = Pages(base)
    for pair in codes.PAIRS:
        html = shown.html(f"en/states/{codes.slug(pair)}.html") or ""
        assert ('class="evidence"' in html) == (pair in recorded), pair


def test_a_record_is_shown_with_its_version_and_line(base: KnowledgeBase, monkeypatch: pytest.MonkeyPatch):
    line = "192.0.2.1:1 [24/Nov/2026:00:00:00.000] fe be/<NOSRV> …"
    record = Record(version="3.1.2", scenario="queue-full", state="KT--", mode="http", line=line, status=503)
    monkeypatch.setattr("bot.site.pages.for_pair", lambda pair: (record,) if pair == "KT" else ())
    shown = Pages(base)
    html = shown.html("zh/states/admin-kill-tarpit.html") or ""
    assert "<td>3.1.2</td><td>503</td><td></td><td><code>192.0.2.1:1 [24/Nov/2026:00:00:00.000] fe be/&lt;NOSRV&gt; …" in html
    assert '<td class="recorded "><a href="states/admin-kill-tarpit.html"' in (shown.html("en/index.html") or "")


def test_the_static_search_knows_every_entry_and_pair(site: Path, base: KnowledgeBase):
    for language in ("en", "zh"):
        index = (site / f"static/index.{language}.js").read_text("utf-8")
        assert all(f'"id":"{id}"' in index for id in [*codes.PAIRS, *(entry.id for entry in base)])


async def test_the_served_reference_is_the_same_pages_behind_a_strict_policy(served: aiohttp.ClientSession, base: KnowledgeBase):
    for path in Pages(base, served=True):
        async with served.get(f"/reference/{path}") as answer:
            assert answer.status == 200, path
            assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    for path in ("en/states/CD.html", "static/pages.py", "static/../pages.py"):
        async with served.get(f"/reference/{path}") as answer:
            assert answer.status == 404, path


@pytest.mark.parametrize(("language", "start"), [("zh-CN,zh;q=0.9", "zh"), ("en-GB", "en"), ("", "en")])
async def test_the_start_follows_the_readers_language(served: aiohttp.ClientSession, language: str, start: str):
    async with served.get("/reference/", headers={"Accept-Language": language}, allow_redirects=False) as answer:
        assert answer.headers["Location"] == f"{start}/index.html"
    async with served.get("/reference", headers={"Accept-Language": language}) as answer:
        assert answer.url.path == f"/reference/{start}/index.html"


@pytest.mark.parametrize(("question", "first"), [("sC", "sC"), ("504 sH", "sH"), ("KT", "KT"), ("NI", "cookie:NI")])
async def test_the_served_search_is_the_bots_own(served: aiohttp.ClientSession, question: str, first: str):
    async with served.get("/reference/search", params={"q": question, "lang": "zh"}) as answer:
        [found, *_] = await answer.json()
    assert found["id"] == first
    async with served.get(f"/reference/zh/{found['h'].partition('#')[0]}") as answer:
        assert answer.status == 200


def linked(found: object) -> list[str]:
    """The addresses of the context lines of a message or window."""
    return [url for text in of_type(found, "mrkdwn") for url in re.findall(r"<(https://[^|>]+)[|]", text["text"])]


def services(base: KnowledgeBase, reference: str = f"{PUBLIC}/reference") -> Services:
    return Services(base, Tasks(), RateLimit(0, 0), reference=reference)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_answers_link_to_pages_that_there_are_within_slacks_limits(
    language: Language, base: KnowledgeBase, pages: dict[str, Page]
):
    shown = services(base)
    for question in [*codes.PAIRS, *(entry.id for entry in base), *QUESTIONS]:
        answer = base.answer(question, language)
        message, window = said(shown, "T1", answer), details(shown, "T1", answer)
        assert len(message["blocks"]) <= 50
        assert len(window["blocks"]) <= 100
        links = linked(message["blocks"])
        assert linked(window["blocks"]) == links
        assert bool(links) == (bool(answer.matches) or answer.kind in ("help", "list")), question
        for link in links:
            path, _, anchor = link.removeprefix(f"{PUBLIC}/reference/").partition("#")
            assert path.startswith(f"{language}/"), link
            assert not anchor or anchor in pages[path].ids, link


def test_without_a_public_address_an_answer_is_the_same_without_the_line(base: KnowledgeBase):
    answer = base.answer("sC", "en")
    [*before, line] = said(services(base), "T1", answer)["blocks"]
    assert linked(line) == [f"{PUBLIC}/reference/en/states/server-timeout-connect.html"]
    assert said(services(base, ""), "T1", answer)["blocks"] == before == blocks.message(answer)["blocks"]
    assert not linked(details(services(base, ""), "T1", answer))


async def test_a_command_and_the_details_behind_its_button_link_to_the_askers_language(tmp_path: Path):
    async with talking(tmp_path, public_url=PUBLIC) as talk:
        wanted = [f"{PUBLIC}/reference/zh/states/client-abort-headers.html"]
        answer = await talk.slash("客户端上传大文件时断开")
        assert linked(answer["blocks"]) == wanted
        await talk.press(next(b for b in of_type(answer["blocks"], "button") if b["action_id"].startswith("haflag:details:")))
        assert linked(talk.windows[0]["blocks"]) == wanted


@pytest.mark.parametrize(("public_url", "how", "status"), [
    (PUBLIC, {"signing_secret": Secret(SECRET)}, 200), (PUBLIC, {"app_token": Secret("xapp-1")}, 200),
    (None, {"signing_secret": Secret(SECRET)}, 404),
])  # fmt: skip
async def test_the_server_has_the_reference_where_it_has_a_public_address(
    tmp_path: Path, public_url: str | None, how: dict[str, Secret], status: int
):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    async with running_stub() as slack, http_session() as session:
        settings = Settings(
            bot_token=Secret("xoxb-1"), api_url=f"{slack.base}/api/", data=tmp_path, host="127.0.0.1", port=port,
            public_url=public_url, **how,
        )  # fmt: skip
        running = asyncio.create_task(serve(settings))
        while not any(method == "auth.test" for method, _ in slack.calls):
            assert not running.done()
            await asyncio.sleep(0.02)
        async with session.get(f"http://127.0.0.1:{port}/reference/zh/states/client-abort-data.html") as answer:
            assert answer.status == status
            assert ("CD" in await answer.text()) == (status == 200)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


def test_a_server_that_nobody_reads_has_no_templates_in_memory():
    code = "import sys, bot.serve; sys.exit(any(m in sys.modules for m in ('jinja2', 'bot.site.pages', 'bot.render.page')))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
