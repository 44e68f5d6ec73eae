"""Block Kit: every entry and kind of answer in both languages within Slack's limits, and nothing comes alive."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from bot.render import blocks as render
from bot.render.fitting import fit, lines
from bot.render.mrkdwn import clip_cells, escape
from bot.render.richtext import elements
from knowledge import base as knowledge
from knowledge.answer_model import Action, Answer, Bullets, Code, Heading, Match, Para, Table
from knowledge.model import Language

LANGUAGES: tuple[Language, ...] = ("en", "zh")
QUESTIONS = (
    "", "help", "list", "cd", "xyz", "s", "D", "sC or SC", "--NI", "SIDN", "504 sC", "sC-- 503", "502", "zz--", "cD--", "UQ", "—",
    "backend is fine but 503 NOSRV", "客户端上传大文件时断开", "websocket drops after 60s", "timeout tunnel", "Tc",
    "完全无关的问题",    "<!channel> <@U1> <https://example.com|x> `a` *b* ~c~ :smile:",
)  # fmt: skip
BUTTONS = tuple(Action(kind, kind.title(), "sC 503", "en") for kind in ("details", "language", "ask", "share", "right", "wrong"))


def texts(found: Any) -> Iterator[str]:
    """Every text that a reader sees."""
    if isinstance(found, dict):
        for key, value in found.items():
            if key in ("text", "alt_text") and isinstance(value, str):
                yield value
            else:
                yield from texts(value)
    elif isinstance(found, list):
        for value in found:
            yield from texts(value)


def of_type(found: Any, kind: str) -> Iterator[dict[str, Any]]:
    if isinstance(found, dict):
        if found.get("type") == kind:
            yield found
        found = list(found.values())
    if isinstance(found, list):
        for value in found:
            yield from of_type(value, kind)


def check_message(said: dict[str, Any]) -> None:
    blocks = said["blocks"]
    assert 0 < len(blocks) <= 50
    assert said["text"].strip()
    assert len(said["text"]) <= 4_000
    assert sum(len(text) for text in texts(blocks)) <= 10_000
    check_blocks(blocks)


def check_blocks(blocks: list[dict[str, Any]]) -> None:
    for block in blocks:
        parsed = Block.parse(block)
        assert parsed is not None, block["type"]
        parsed.validate_json()
        assert len("".join(texts(block))) <= 3_000
    for header in of_type(blocks, "header"):
        assert 0 < len(header["text"]["text"]) <= 150
    for button in of_type(blocks, "button"):
        assert 0 < len(button["text"]["text"]) <= 75
        assert len(button["value"]) <= 2_000
        assert len(button.get("accessibility_label", "x")) <= 75
        language, question = render.asked(button["value"])
        assert language in LANGUAGES
        assert question
    for actions in of_type(blocks, "actions"):
        ids = [element["action_id"] for element in actions["elements"]]
        assert len(ids) == len(set(ids)) <= 25
    for element in of_type(blocks, "text"):
        assert element["text"], "Slack refuses empty text elements"
    for text in of_type(blocks, "mrkdwn"):
        assert text["verbatim"]


def check_view(view: dict[str, Any]) -> None:
    View(**view).validate_json()
    assert len(view["title"]["text"]) <= 24
    assert len(view["blocks"]) <= 100
    assert len(json.dumps(view, ensure_ascii=False).encode()) <= 250_000
    check_blocks(view["blocks"])
    assert not list(of_type(view["blocks"], "context_actions")), "not allowed in a window"
    assert not list(of_type(view["blocks"], "table"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_entry_renders_within_slacks_limits(language: Language):
    base = knowledge.load()
    for entry in base:
        answer = base.answer(entry.id, language)
        check_message(render.message(answer))
        check_message(render.message(answer, shared_by="U0TEST0001"))
        check_view(render.view(answer))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("question", QUESTIONS)
def test_every_kind_of_answer_renders(question: str, language: Language):
    answer = knowledge.load().answer(question, language)
    check_message(render.message(answer))
    check_view(render.view(answer))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_state_fits_eight_lines_with_its_verdict_and_its_first_command(language: Language):
    base = knowledge.load()
    for state in base.states.values():
        answer = base.answer(state.code, language)
        shown, left_out = fit(answer.summary, render.MESSAGE_LINES)
        assert shown[0] == answer.summary[0]
        assert any(isinstance(part, Code) for part in shown) or not state.checks
        assert sum(lines(part) for part in shown) <= render.MESSAGE_LINES + 2, state.code
        if left_out:
            assert "haflag:details:0" in json.dumps(render.message(answer))


def answer_of(
    *summary: Any, details: tuple[Any, ...] = (), actions: tuple[Action, ...] = BUTTONS, title: str = "sC — t"
) -> Answer:
    return Answer("state", "en", title, "sC 503", summary, details, actions, (Match("sC", "t"),), "critical")


def rich_of(*parts: Any) -> list[dict[str, Any]]:
    return elements(parts)


def test_inline_markup_becomes_styles():
    [section] = rich_of(Para("a `timeout connect` *bold*超时 [[cookie:NI]] [[sC]]", "Lead"))
    styled = [(e["text"], e.get("style", {})) for e in section["elements"]]
    assert styled == [
        ("Lead: ", {"bold": True}), ("a ", {}), ("timeout connect", {"code": True}), (" ", {}), ("bold", {"bold": True}),
        ("超时 ", {}), ("NI", {"code": True}), (" ", {}), ("sC", {"code": True}),
    ]  # fmt: skip


def test_paragraphs_share_a_section_and_lists_and_commands_stand_apart():
    kinds = [e["type"] for e in rich_of(Para("a"), Para("b"), Code("c"), Bullets(("d", "e"), "list"), Heading("f"))]
    assert kinds == ["rich_text_section", "rich_text_preformatted", "rich_text_section", "rich_text_list", "rich_text_section"]


def test_a_narrow_table_is_aligned_by_cells_of_the_screen():
    [table] = rich_of(Table(("状态", "n"), (("`sC`", "1"), ("超时了", "22"))))
    assert table["elements"][0]["text"] == "状态    n\nsC      1\n超时了  22"


def test_a_wide_table_becomes_a_list_that_names_its_columns():
    when = "every attempt to connect ran into `timeout connect`"
    [listed] = rich_of(Table(("Logged", "Client sees", "When"), (("503", "the same", when),)))
    assert "".join(texts(listed)) == f"503 · Client sees: the same — {when.replace('`', '')}"


def test_nothing_that_was_pasted_comes_alive():
    hostile = "<!channel> <@U1> <https://example.com|x> & :smile: *b"
    answer = answer_of(Para(hostile), Code(hostile), details=(Bullets((hostile,)),), title=hostile)
    shared = render.message(answer, shared_by="U0TEST0001")
    rich = [block for block in shared["blocks"] if block["type"] == "rich_text"]
    assert hostile in "".join(texts(rich))
    assert {e["type"] for e in of_type(rich, "text")} == {"text"}
    assert not list(of_type(shared["blocks"], "broadcast"))
    assert "<" not in shared["text"]
    assert [b["text"]["type"] for b in of_type(shared["blocks"], "header")] == ["plain_text"]


@pytest.mark.parametrize(("language", "first", "last"), [
    ("en", "Shared by ", ", who asked: <!here> `x`"), ("zh", None, " 分享，问题：<!here> `x`"),
])  # fmt: skip
def test_the_question_of_a_shared_answer_is_plain_text_and_only_its_sharer_is_named(language, first, last):
    answer = Answer("search", language, "t", "<!here> `x`", (Para("p"),))
    elements = render.message(answer, shared_by="U1")["blocks"][-1]["elements"][0]["elements"]
    wanted = [{"type": "user", "user_id": "U1"}, {"type": "text", "text": last}]
    assert elements == ([{"type": "text", "text": first}] if first else []) + wanted


def test_buttons_in_the_order_of_use_and_no_share_once_shared():
    def kinds(said: dict[str, Any]) -> list[str]:
        return [button["action_id"].split(":")[1] for button in of_type(said["blocks"], "button")]

    answer = answer_of(Para("p"))
    assert kinds(render.message(answer)) == ["details", "language", "share", "ask"]
    assert kinds(render.message(answer, shared_by="U1")) == ["details", "language", "ask"]


def test_feedback_is_slacks_own_and_can_be_left_out():
    [feedback] = of_type(render.message(answer_of(Para("p")))["blocks"], "feedback_buttons")
    assert feedback["positive_button"]["value"] == "right en sC 503"
    assert feedback["negative_button"]["value"] == "wrong en sC 503"
    assert not list(of_type(render.message(answer_of(Para("p")), feedback=False)["blocks"], "feedback_buttons"))


def test_what_does_not_fit_waits_behind_a_details_button():
    answer = answer_of(Para("verdict"), *(Para(f"Sentence {n}. " + "More of it. " * 12) for n in range(12)), actions=())
    said = render.message(answer)
    shown = "".join(texts([b for b in said["blocks"] if b["type"] == "rich_text"]))
    assert shown.startswith("verdict\nSentence 0. ")
    assert "Sentence 11" not in shown
    assert [b["action_id"] for b in of_type(said["blocks"], "button")] == ["haflag:details:0"]
    assert "Sentence 11" in "".join(texts(render.view(answer)["blocks"]))


def test_a_command_shows_even_where_the_sentences_before_it_are_long():
    answer = answer_of(Para("Verdict. " * 60), Para("Long. " * 90, "Page"), Para("Look. " * 9, "First check"), Code("nc -vz"))
    assert "nc -vz" in "".join(texts(render.message(answer)["blocks"]))


def test_long_details_become_pages_that_lead_to_each_other():
    details = tuple(part for n in range(40) for part in (Heading(f"Part {n}"), Para("word " * 150)))
    answer = answer_of(Para("verdict"), details=details)
    seen, page = "", 0
    while True:
        view = render.view(answer, page)
        check_view(view)
        seen += "".join(texts(view["blocks"]))
        if f"haflag:page:{page + 1}" not in json.dumps(view):
            break
        page += 1
        assert f"haflag:page:{page - 1}" in json.dumps(render.view(answer, page))
    assert page >= 1
    assert all(f"Part {n}" in seen for n in range(40))
    assert render.view(answer, 99)["blocks"][1:] == render.view(answer, page)["blocks"][1:]


def test_the_window_does_not_repeat_the_summary():
    check = Para("Connect from the host itself.")
    summary = (Para("verdict"), Para(check.text, "First check"), Code("nc"))
    answer = answer_of(*summary, details=(Heading("Checks"), check, Code("nc")))
    shown = "".join(texts(render.view(answer)["blocks"]))
    assert shown.count(check.text) == 1
    assert "verdict" in shown


def test_button_values_carry_language_and_question():
    assert render.asked(render.value("zh", "sC-- 503")) == ("zh", "sC-- 503")
    assert len(render.value("en", "x" * 5_000)) <= 2_000


def test_clip_counts_cells():
    assert clip_cells("后端拒绝连接，或没有可用的后端", 15) == "后端拒绝连接…"
    assert clip_cells("short", 15) == "short"


TEXT = st.text(max_size=400)
PART = st.one_of(
    st.builds(Para, TEXT, st.text(max_size=20)),
    st.builds(Bullets, st.lists(TEXT, max_size=60).map(tuple), st.text(max_size=20)),
    st.builds(Code, st.text(max_size=9_000), st.text(max_size=20)),
    st.builds(Heading, TEXT),
    st.builds(lambda rows: Table(("a", "b", "c"), tuple(rows)), st.lists(st.tuples(TEXT, TEXT, TEXT), max_size=5)),
)


@given(st.text(max_size=300), st.lists(PART, max_size=6).map(tuple), st.lists(PART, max_size=6).map(tuple))
def test_any_answer_renders_within_slacks_limits(title: str, summary: tuple[Any, ...], details: tuple[Any, ...]):
    answer = answer_of(*summary, details=details, title=title)
    check_view(render.view(answer))
    said = render.message(answer)
    assert len(said["blocks"]) <= 50
    check_blocks(said["blocks"])
    assert escape(said["text"]).count("<") == 0
