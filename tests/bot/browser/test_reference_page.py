"""The reference in a real browser, served and opened from disk: search box, widths, accessibility, no complaint."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from bot.site.export import write
from tests.bot.browser.pages import Opens, faults

PAGES = ["index.html", "states/server-timeout-connect.html", "states/admin-kill-tarpit.html", "twins.html"]


@pytest.fixture(scope="module")
def on_disk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The static site."""
    folder = tmp_path_factory.mktemp("site")
    assert write(folder) > 200
    return folder


@pytest.mark.parametrize(("language", "question", "code"), [("en", "504 sC", "sC"), ("zh", "大文件上传被断开", "")])
def test_the_served_search_box_leads_to_an_entry(open_page: Opens, language: str, question: str, code: str):
    page = open_page(f"/reference/{language}/index.html")
    page.fill("#q", question)
    first = page.locator("#results a").first
    expect(first).to_contain_text(code)
    page.press("#q", "Enter")
    page.wait_for_url("**/states/**")
    expect(page.locator("h1")).to_be_visible()


@pytest.mark.parametrize(("language", "question", "code"), [
    ("en", "504 sC--", "sC"), ("en", "KT", "KT"), ("zh", "上传大文件", ""),
])  # fmt: skip
def test_the_site_on_disk_searches_without_a_server(open_page: Opens, on_disk: Path, language: str, question: str, code: str):
    page = open_page((on_disk / "index.html").as_uri())
    page.click(f".choose a[href^={language}]")
    page.fill("#q", question)
    expect(page.locator("#results a").first).to_contain_text(code)
    page.locator("#results a").first.click()
    expect(page.locator("h1")).to_contain_text(code)


@pytest.mark.parametrize("path", PAGES)
def test_nothing_runs_off_a_phone_and_axe_finds_nothing_serious(open_page: Opens, path: str):
    page = open_page(f"/reference/en/{path}", width=390)
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert faults(page) == []


def test_axe_finds_nothing_serious_in_the_dark_and_in_chinese(open_page: Opens):
    assert faults(open_page("/reference/zh/states/server-abort-connect.html", scheme="dark")) == []
