"""The playground in a real browser: asking, every kind of button, windows, keyboard, phone, both languages, accessibility."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import expect

from bot.render.blocks import message
from knowledge.base import load
from tests.bot.browser.pages import Opens, ask, faults, press

LINE = ('203.0.113.9:51234 [24/Nov/2026:03:12:44.102] web~ app/<NOSRV> 0/-1/-1/-1/3 503 217 - - SC-- 1/1/0/0/0 0/0 '
        '"GET /cart HTTP/1.1"')  # fmt: skip


@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
def test_the_first_screen_offers_five_questions_and_each_is_answered(playground: Opens, locale: str):
    page = playground(locale=locale)
    expect(page.locator(".example")).to_have_count(5)
    for example in page.locator(".example").all():
        example.click()
        expect(page.locator("article [data-action^='haflag:language']")).to_be_visible()
        page.click("#clear")
        expect(page.locator("#examples")).to_be_visible()


def test_an_answer_by_code_is_drawn_from_the_very_blocks_of_slack(playground: Opens):
    answer = ask(playground(), "/haflag cD")
    expect(answer.locator("h3").first).to_contain_text("cD")
    expect(answer).to_contain_text("Only visible to you")
    answer.get_by_text("Show JSON").click()
    shown = json.loads(answer.page.locator("#own pre").text_content() or "")
    rendered = message(load().answer("cD", "en"))
    assert shown["text"] == rendered["text"]
    assert all(block in shown["blocks"] for block in rendered["blocks"] if block["type"] in ("header", "rich_text"))


def test_words_in_both_languages_and_a_pasted_line_are_answered(playground: Opens):
    page = playground()
    for question, title in (("websocket drops after 60 seconds", "D"), ("客户端上传大文件时断开", "客户端"), (LINE, "SC")):
        expect(ask(page, f"/haflag {question}").locator("h3").first).to_contain_text(title)


def test_details_open_a_window_and_escape_closes_it(playground: Opens):
    page = playground()
    press(ask(page, "/haflag sC"), "details")
    window = page.locator("#window")
    expect(window.locator("h2")).to_have_text("sC")
    expect(window.locator("pre").first).to_be_visible()
    press(window, "language")
    expect(window).to_contain_text("超时")
    page.keyboard.press("Escape")
    expect(window).not_to_be_visible()


def test_the_other_language_replaces_the_private_answer_and_keeps_the_focus(playground: Opens):
    page = playground()
    answer = ask(page, "/haflag SC")
    press(answer, "language")
    expect(answer).to_contain_text("后端")
    expect(answer).to_contain_text("(edited)")
    assert page.evaluate("document.activeElement.dataset.action").startswith("haflag:language")
    press(answer, "language")
    expect(answer).not_to_contain_text("后端")


def test_the_twin_button_leads_to_the_other_case(playground: Opens):
    answer = ask(playground(), "/haflag sH")
    press(answer, "ask")
    expect(answer.locator("h3").first).to_contain_text("SH")


def test_sharing_puts_the_answer_into_the_channel_for_everybody(playground: Opens):
    page = playground()
    answer = ask(page, "/haflag PR")
    press(answer, "share")
    expect(answer).to_have_count(0)
    shared = page.locator("article:not(.only)").last
    expect(shared).to_contain_text("Shared by @alice")
    page.select_option("#user", label="小明 (zh-CN)")
    expect(page.locator("article:not(.only)").last).to_contain_text("PR")
    expect(page.locator("article.only")).to_have_count(0)


def test_feedback_is_thanked_for_and_no_asks_what_was_expected(playground: Opens):
    page = playground()
    helped = ask(page, "/haflag sQ")
    helped.locator('[data-side="positive_button"]').click()
    expect(helped).to_contain_text("counted as helpful")
    expect(helped.locator("[data-side]")).to_have_count(0)
    wrong = ask(page, "/haflag sQ")
    wrong.locator('[data-side="negative_button"]').click()
    page.fill("#window textarea", "a word on retries")
    page.click("#window .primary")
    expect(page.locator("#window")).not_to_be_visible()
    expect(wrong).to_contain_text("paste the log line")


def test_the_menu_leads_to_a_form_that_wants_its_required_field(playground: Opens):
    page = playground()
    ask(page, "/haflag CT").locator(".overflow summary").click()
    page.locator(".menu button").first.click()
    page.click("#window .primary")
    expect(page.locator("#window .field-error").first).to_have_text("Please complete this required field.")
    page.fill("#window textarea", "the tarpit of the shop is on purpose")
    page.click("#window .primary")
    expect(page.locator("#window")).not_to_be_visible()
    expect(ask(page, "/haflag CT")).to_contain_text("the tarpit of the shop is on purpose")


@pytest.mark.parametrize(("question", "language"), [("/haflag cD", "en"), ("/haflag 数据阶段 cD", "zh-CN")])
def test_answer_and_details_link_to_the_page_in_the_reference(playground: Opens, question: str, language: str):
    page = playground()
    answer = ask(page, question)
    press(answer, "details")
    expect(page.locator("#window h2")).to_have_text("cD")
    for place in (page.locator("#window"), answer):
        with page.context.expect_page() as opened:
            place.locator(".context a").first.click()
        expect(opened.value.locator("h1")).to_contain_text("cD")
        expect(opened.value.locator("html")).to_have_attribute("lang", language)
        opened.value.close()
        page.keyboard.press("Escape")


def test_everything_works_by_keyboard_alone(playground: Opens):
    page = playground()
    page.focus("#text")
    page.keyboard.type("/haflag cH")
    page.keyboard.press("Enter")
    expect(page.locator("article h3").last).to_contain_text("cH")
    for _ in range(40):
        page.keyboard.press("Shift+Tab")
        if str(page.evaluate("document.activeElement.dataset.action ?? ''")).startswith("haflag:details"):
            break
    page.keyboard.press("Enter")
    expect(page.locator("#window h2")).to_have_text("cH")
    assert page.evaluate("document.querySelector('#window').contains(document.activeElement)")
    page.keyboard.press("Escape")
    expect(page.locator("#window")).not_to_be_visible()


def test_a_mention_with_a_pasted_line_is_answered_in_its_thread(playground: Opens):
    page = playground()
    ask(page, f"@haflag {LINE}")
    expect(page.locator("article.reply h3")).to_contain_text("SC")


def test_the_direct_message_answers_words_and_a_dropped_log_file(playground: Opens, tmp_path: Path):
    page = playground()
    page.click('[data-place="D0HAFLAG01"]')
    ask(page, "what is sH")
    expect(page.locator("article h3").last).to_contain_text("sH")
    (tmp_path / "haproxy.log").write_text(f"{LINE}\n" * 3)
    page.set_input_files("#file", tmp_path / "haproxy.log")
    expect(page.locator("#hint")).to_contain_text("haproxy.log")
    page.click("#composer [type=submit]")
    expect(page.locator("article .attached").first).to_contain_text("haproxy.log")
    expect(page.locator("article h3").last).to_contain_text("3")
    page.click('[data-place="C0OPS00001"]')
    expect(page.locator("article .attached")).to_have_count(0)


def test_the_app_home_answers_its_examples_and_its_search(playground: Opens):
    page = playground()
    page.click('[data-place="home"]')
    press(page.locator("#home"), "ask")
    expect(page.locator("#window h2")).to_have_text("cD")
    assert faults(page) == []
    page.keyboard.press("Escape")
    press(page.locator("#home"), "search")
    expect(page.locator("#window input, #window textarea").first).to_be_focused()


def test_a_thread_takes_replies_and_refuses_slash_commands(playground: Opens):
    page = playground()
    started = ask(page, "Anybody awake?")
    started.get_by_text("Reply in thread").click()
    page.fill("#text", "/haflag sC")
    page.keyboard.press("Enter")
    expect(page.locator("#hint")).to_contain_text("no slash commands in threads")
    page.fill("#text", "just me & <nobody>")
    page.keyboard.press("Enter")
    expect(page.locator("article.reply").last).to_contain_text("just me & <nobody>")


@pytest.mark.parametrize("width", [390, 800])
def test_nothing_runs_off_a_narrow_screen(playground: Opens, width: int):
    page = playground(width=width)
    for question in ("/haflag SC", "/haflag sC"):
        answer = ask(page, question)
    composer = page.locator("#composer").bounding_box()
    assert composer is not None
    assert composer["y"] + composer["height"] <= 800, "the message box stays on the screen"
    press(answer, "details")
    expect(page.locator("#window h2")).to_have_text("sC")
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    for place in ("#scroller", "#window .window-body"):
        assert page.locator(place).evaluate("node => node.scrollWidth <= node.clientWidth"), place


def test_the_page_speaks_both_languages_and_says_how_to_connect_slack(playground: Opens):
    page = playground(locale="zh-CN")
    expect(page.locator(".note")).to_contain_text("本机模拟的 Slack")
    page.click("#language")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.click("#connect")
    expect(page.locator("#own")).to_contain_text("SLACK_APP_TOKEN")
    page.keyboard.press("Escape")
    expect(page.locator("#own")).not_to_be_visible()


def test_the_first_page_weighs_less_than_150_kb(open_page: Opens):
    page = open_page("/")
    page.wait_for_selector("body[data-ready]")
    sizes = page.evaluate("performance.getEntriesByType('resource').map((r) => r.encodedBodySize)")
    assert 0 < sum(sizes) < 150_000


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(playground: Opens, scheme: str):
    page = playground(scheme=scheme)
    assert faults(page) == []
    press(ask(page, "/haflag cD"), "details")
    expect(page.locator("#window h2")).to_have_text("cD")
    assert faults(page) == []
