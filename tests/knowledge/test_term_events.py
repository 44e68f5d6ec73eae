"""knowledge.term_events and its answer: values of live HAProxies, HAProxy's own decoder as the measure, any text.

`data/term_events.jsonl` has what HAProxy 3.2.26 and 3.4.7 logged in the lab's scenarios, each value with the output of HAProxy's
own dev/term_events tool.
"""

import json
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import knowledge
from bot.cli import main
from bot.render.blocks import message, view
from bot.render.terminal import render
from knowledge import term_events
from knowledge.answer_model import Answer, Bullets, Code, Heading, Para, Table
from knowledge.events_answer import events_answer, in_line, lead
from knowledge.language import sentences
from knowledge.logline import read_line
from knowledge.question import read
from knowledge.term_events import TermEvents, decode, find, levels

BASE = knowledge.load()
RECORDED = [json.loads(line) for line in (Path(__file__).parent / "data/term_events.jsonl").read_text("utf-8").splitlines()]
HEAD = "192.0.2.7:51234 [23/Aug/2026:03:12:01.201] web app/s1 "
COUNTS = " 1/1/0/0/0 0/0"


def decoded(value: str) -> TermEvents:
    found = decode(value)
    assert found is not None, value
    return found


def words(answer: Answer) -> str:
    said: list[str] = [answer.title]
    for part in (*answer.summary, *answer.details):
        match part:
            case Para(text, label) | Code(text, label):
                said += [label, text]
            case Heading(text):
                said.append(text)
            case Bullets(items, label):
                said += [label, *items]
            case Table(header, rows, label):
                said += [label, *header, *(cell for row in rows for cell in row)]
    return "\n".join(said)


@pytest.mark.parametrize("row", RECORDED, ids=lambda row: f"{row['version']}-{row['scenario']}")
def test_recorded_values_are_read_as_haproxys_own_tool_reads_them(row):
    events = decoded(row["value"])
    mine = [" > ".join(e.name for e in f.events) or "##NONE" if f.exists else "##UNK" for f in events.fields]
    assert mine == row["tool"]
    assert all(event.type is not None for field in events.fields for event in field.events)
    again = ",".join("".join(e.code for e in f.events) if f.exists else "-" for f in events.fields)
    assert "{" + again + "}" == events.value == row["value"]
    for language in ("en", "zh"):
        answer = BASE.answer(row["value"], language)
        assert answer.kind == "events"
        assert answer.question == row["value"]
        assert not re.search(r"\{\w+\}", words(answer))
        assert render(answer)
        assert message(answer)["blocks"]
        assert view(answer)["blocks"]


STARTS = {
    "server-reset-headers": ("SH--", "S5", "F3"), "server-abort-headers": ("SH--", "S5", "F2"),
    "server-timeout-headers": ("sH--", "S7", None), "client-abort-headers": ("CH--", "s2", "f2"),
    "client-timeout-data": ("cD--", "s7", None), "server-refused": ("SC--", "F7", "F7"),
    "normal": ("----", None, None), "h2-cancel-headers": ("CD--", "s3", "e8"), "deny": ("PR--", "s8", None),
    "server-tls-to-plain": ("SC--", "H6", "H6"), "response-garbage": ("PH--", "S6", "E9"),
    "killed-headers": ("KC--", None, None), "server-timeout-connect": ("sC--", None, None),
    "client-reset-request": ("CR--", "f3", "f3"), "client-timeout-request": ("cR--", None, None),
    "tcp-server-close-client-stays": ("cD", "S2", "F2"), "request-garbage": ("PR--", "m9", "m9"),
}  # fmt: skip
BY_NAME = {
    "normal": "{,,e1,s1S1,E1,,}", "server-reset-headers": "{,,e1,S5s1,E6E1,M6M1,F3}",
    "server-abort-headers": "{,,e1,S5s1,E5E1,M5M1,F2F1}", "server-timeout-headers": "{,,e1,S7S1s1,E1,M1,F1}",
    "client-abort-headers": "{f2f1,m2m1,e2e1,s2S1s1,E1,M1,F1}", "client-timeout-data": "{,m1,e1,s7s1S1,E1,M1,F1}",
    "server-refused": "{,,e1,S1s1,,,F7}", "h2-cancel-headers": "{,,e8e2e1,s3s2s1S1,E1,M1,F1}",
    "deny": "{,,e1,s8s1,,-,-}", "server-tls-to-plain": "{,,e1,S1s1,,,H6}",
    "response-garbage": "{,,e1,S6S1S9s1,E9E1,M1,FBF1}", "killed-headers": "{f1,m1,e1,S1s1,E1,M1,F1}",
    "server-timeout-connect": "{,,e1,S1s1,,,}", "client-reset-request": "{f3,m6,-,-,-,-,-}",
    "client-timeout-request": "{,,-,-,-,-,-}", "tcp-server-close-client-stays": "{f1,m1,e1,S2s1s7S1,E1,M2M1,F2F1}",
    "request-garbage": "{,m9,-,-,-,-,-}",
}  # fmt: skip


@pytest.mark.parametrize("name", STARTS)
def test_what_came_first_is_what_happened(name: str):
    state, start, below = STARTS[name]
    value = BY_NAME[name]
    assert any(row["value"] == value and row["state"][:2] == state[:2] for row in RECORDED), "not a recorded value"
    events = decoded(value)
    assert (events.start and events.start.code) == start
    if below is not None and start is not None:
        side = events.start.side if events.start else "server"
        cause = events.cause(side)
        assert cause is not None
        assert cause.code == below
        assert f"`{below}`" in lead(events, "en")
    if start is not None:
        assert f"`{start}`" in lead(events, "en")
        assert f"`{start}`" in lead(events, "zh")


def test_a_timeout_is_not_explained_by_what_the_wire_did_afterwards():
    assert "Underneath" not in lead(decoded("{,,e1,S7S1s1,E1,M1,F2}"), "en")
    assert decoded("{,,e1,S1s1,E1,M1M2,F1F2}").start is None, "the server's FIN came after HAProxy's own closing"


def test_case_is_the_side():
    client, server = lead(decoded("s7"), "en"), lead(decoded("S7"), "en")
    assert "`timeout client`" in client
    assert "client side" in client
    assert "`timeout server`" in server
    assert "server side" in server
    assert "客户端侧超时" in lead(decoded("s7"), "zh")


def test_haproxys_own_service_is_no_server():
    for value in ("{f1,m1,e1,S2S1s1,E2E1,-,-}", "{f1,m1,e1,S2S1s1,E1,-,-}"):
        said = lead(decoded(value), "en")
        assert "own service" in said
        assert "the server" not in said
    assert not decoded("{,,e1,S1s1,E1,-,-}").applet
    assert not decoded("{,,e1,S5s1,E5E1,M5M1,F2F1}").applet


def test_four_events_say_that_more_may_be_missing():
    assert "later ones are not kept" in words(BASE.answer("{,,e1,S6S1S9s1,E9E1,M1,FBF1}", "en"))
    assert "later ones are not kept" not in words(BASE.answer("{,,e1,S7S1s1,E1,M1,F1}", "en"))


def test_an_event_of_a_newer_haproxy_is_called_unknown():
    events = decoded("{,,,S0s1,,,}")
    assert events.start is not None
    assert events.start.type is None
    assert events.start.name == "STRM:-"
    assert "does not know" in lead(events, "en")
    assert BASE.answer(events.value, "zh").kind == "events"


@pytest.mark.parametrize(
    "text",
    [
        "{,,e1,S7s1,E1,M1,F1}", "{-,-,-,-,-,-,-}", "{,,,,,,}", "{ ,, e1, S7s1, E1, M1, F1 }", "term_events={f2,m5,-,-,-,-,-}",
        '"term_events": "{fB,m5,-,-,-,-,-}"', "what does {f1f2,m1m2m1,e1,S2s1s2S1,E1,M2M1,FBF1} mean?", "term_events S7s1",
        "`{f3f4f1fA,m1,e1,s1,E1,M1,F1}`", "这个 {,,e1,S7s1,E1,M1,F1} 是什么意思", "/haflag {,,e1,S1s1,,,F7}",
    ],
)  # fmt: skip
def test_all_legal_shapes_are_asked_about_events(text: str):
    assert read(text, BASE).kind == "events"
    answer = BASE.answer(text)
    assert answer.kind == "events"
    assert answer.data["term_events"]
    assert BASE.answer(answer.question, answer.language) == answer


@pytest.mark.parametrize("text", ["{a,b,c}", "{,,,,,}", "{,,e1,S7s1,E1,M1}", "S7", "{x}", "{,,,,,,,}", "{,,zz,,,,}"])
def test_no_value(text: str):
    assert find(text) is None


def test_the_word_alone_says_how_to_log_it():
    for text in ("term_events", "what is term_events?", "term_events 是什么"):
        answer = BASE.answer(text)
        assert answer.kind == "events"
        assert answer.data == {"term_events": None}
        assert "%[term_events]" in words(answer)
        assert any(a.kind == "ask" and find(a.question) for a in answer.actions)


@pytest.mark.parametrize("text", ["SC {,,e1,S1s1,,,F7}", "503 SC-- term_events={,,e1,S1s1,,,F7}", "{,,e1,S1s1,,,F7} with SC"])
def test_a_state_beside_the_value_is_explained_with_it(text: str):
    answer = BASE.answer(text, "en")
    assert answer.kind == "state"
    assert answer.matches[0].id == "SC"
    assert answer.data["events"]["first"]["code"] == "F7"
    assert "`F7` connecting to the server failed" in words(answer)
    again = BASE.answer(answer.question, "en")
    assert again == answer


def http_line(state: str, status: int, tail: str) -> str:
    return f'{HEAD}0/0/1/2/3 {status} 200 - - {state}{COUNTS} "GET /private?token=1 HTTP/1.1"{tail}'


@pytest.mark.parametrize("tail", [" term_events={,,e1,S5s1,E6E1,M6M1,F3}", " {,,e1,S5s1,E6E1,M6M1,F3}"])
def test_a_line_with_events_says_what_they_add(tail: str):
    line = http_line("SH--", 502, tail)
    assert read_line(line).term_events == "{,,e1,S5s1,E6E1,M6M1,F3}"
    for language, said in (
        ("en", "By `term_events`: `S5` the server ended"),
        ("zh", "`term_events` 显示：`S5` 后端在响应还不完整时"),
    ):
        answer = BASE.answer(line, language)
        assert answer.kind == "log"
        assert said in words(answer)
        assert ("（RST）" if language == "zh" else "(RST)") in words(answer)
        assert "token" not in words(answer)
        again = BASE.answer(answer.question, language)
        assert again.data["facts"] == answer.data["facts"]


def test_a_line_whose_state_names_one_side_and_its_events_the_other_says_so():
    line = f"{HEAD}0/0/900 212 cD{COUNTS} term_events={{f1,m1,e1,S2s1s7S1,E1,M2M1,F2F1}}"
    said = words(BASE.answer(line, "en"))
    assert "`S2` the server closed" in said
    assert "then `s7` nothing moved on the client side" in said


def test_a_line_that_ended_well_is_not_burdened_with_its_events():
    for value in ("{,,e1,s1S1,E1,,}", "{,,e1,S2s1,E2E1,M2M1,FBF1}"):
        assert "By `term_events`" not in words(BASE.answer(http_line("----", 200, f" term_events={value}"), "en"))
    retried = words(BASE.answer(http_line("----", 200, " term_events={,,e1,S5s1S1,E1,,}"), "en"))
    assert "By `term_events`: `S5`" in retried, "an attempt that a retry made good is worth a word"


def test_captured_headers_are_no_events():
    line = f'{HEAD}0/0/1/2/3 200 200 - - ----{COUNTS} {{example.com|a,b,c,d,e,f,g}} {{}} "GET / HTTP/1.1"'
    assert read_line(line).term_events is None
    assert read_line(http_line("----", 200, " {,,,,,,}")).term_events is None


def test_the_terminal_explains_a_value(capsys: pytest.CaptureFixture[str]):
    assert main(["explain", "{,,e1,S7s1,E1,M1,F1}"]) == 0
    assert "timeout on the server side" in capsys.readouterr().out
    assert main(["explain", "--json", "{,,e1,S7s1,E1,M1,F1}"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert data["kind"] == "events"
    assert (data["first"]["code"], data["first"]["side"], data["first"]["name"]) == ("S7", "server", "STRM:tout")
    assert [field["place"] for field in data["fields"]] == list(term_events.PLACES)
    assert main(["explain", "{-,-,-,-,-,-,-}", "--lang", "zh"]) == 0
    assert "会话还没有建立" in capsys.readouterr().out


def test_both_languages_say_the_same_things():
    fields = {"peer", "side", "message", "role"}
    for level in levels().values():
        for event in level.event:
            en, zh = (set(re.findall(r"\{(\w+)\}", text)) for text in (event.text.en, event.text.zh))
            assert en <= fields
            assert zh <= fields
            assert set(re.findall(r"`[^`]+`", event.text.en)) == set(re.findall(r"`[^`]+`", event.text.zh)), event
            assert not re.search(r"[,;:()](?!\w)", re.sub(r"`[^`]*`", "", event.text.zh)), "half-width punctuation"
    for key, text in sentences("events").items():
        holes = [sorted(re.findall(r"(?<!\{)\{(\w+)\}(?!\})", side)) for side in (text.en, text.zh)]
        assert holes[0] == holes[1], key


EVENT = st.builds("{}{}".format, st.sampled_from("fhxmesFHXMES-"), st.sampled_from("0123456789ABCDEFabcdef"))
FIELD = st.one_of(st.just("-"), st.lists(EVENT, max_size=4).map("".join))
VALUE = st.lists(FIELD, min_size=7, max_size=7).map(lambda parts: "{" + ",".join(parts) + "}")


@settings(max_examples=200, deadline=None)
@given(VALUE)
def test_any_legal_value_is_decoded_and_written_back(value: str):
    events = decoded(value)
    assert "{" + ",".join("".join(e.code for e in f.events) if f.exists else "-" for f in events.fields) + "}" == value
    for language in ("en", "zh"):
        assert lead(events, language)
        in_line(events, language)
        assert BASE.answer(value, language).question == value


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.text(), st.text("{},-eE1sS7 fFmM=\"'\t", max_size=80), VALUE.map(lambda v: v[:-1] + ",}")))
def test_any_text_is_survived(text: str):
    decode(text)
    found = find(text)
    term_events.logged(text)
    events_answer(BASE, text, "en")
    assert found is None or found[0].value


@pytest.mark.parametrize(
    "unit", ["{", "{,", "{ ", "{,,,,,,", "{-,", "{s1S1s1S1,", "term_events ", "term_events=", "term_events=S7", "evts" + " " * 99]
)  # fmt: skip
def test_long_texts_end(unit: str):
    """A megabyte of near misses: with quadratic time this would not come to an end."""
    text = unit * (1_000_000 // len(unit))
    find(text)
    assert term_events.logged(text) is None
