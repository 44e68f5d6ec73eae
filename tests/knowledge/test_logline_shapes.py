"""Lines and pastes in the formats that people really use, collected before the reader was looked at; each with its fields."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from knowledge import load, logline
from knowledge.logfields import named
from knowledge.logjson import decode_block, to_object
from knowledge.logline import read_line, read_paste, read_record
from knowledge.lognames import field_of, guessed
from knowledge.logobjects import flatten
from knowledge.logrecord import whole
from knowledge.logsplit import pieces
from knowledge.wrapping import is_damaged, untangle

DATA = Path(__file__).parent / "data"
SHAPES: list[dict[str, Any]] = [json.loads(line) for line in (DATA / "shapes.jsonl").read_text("utf-8").splitlines()]
"""`kind`, `line`, and `want`: what `haflag decode` has to say of it; a field that is not in `want` is not judged."""

PASTES: list[dict[str, Any]] = [json.loads(line) for line in (DATA / "pastes.jsonl").read_text("utf-8").splitlines()]
"""`text`, `states`: how many lines of each, and `others`: how many lines without one (None where words stand around them)."""


@pytest.mark.parametrize("row", SHAPES, ids=lambda r: f"{r['kind']}-{r['want']['termination_state']}")
def test_every_field(row: dict[str, Any]) -> None:
    got = to_object(read_line(row["line"]))
    assert {name: got.get(name) for name in row["want"]} == row["want"]


def test_what_slack_did_to_a_request_is_undone_in_files_too() -> None:
    line = '192.0.2.7:1 [24/Nov/2026:03:12:45.101] w a/s 0/0/1/2/3 200 9 - - ---- 1/1/1/1/0 0/0 "GET {} HTTP/1.1"'
    plain, links = line.format("/x?a=1&b=2"), line.format("<http://192.0.2.7/x?a=1&amp;b=2|/x?a=1&amp;b=2>")
    block = "\n".join((plain, line.format("/x?a=1&amp;b=2"), links)).encode()
    assert {msgspec.json.decode(found)["request"] for found in decode_block(block).splitlines()} == {"GET /x?a=1&b=2 HTTP/1.1"}


def test_a_file_says_the_same() -> None:
    for row in SHAPES:
        if "\n" not in row["line"] and row["kind"] != "damaged":
            assert read_record(row["line"]) == read_line(row["line"]), row["line"]


@pytest.mark.parametrize("row", PASTES, ids=lambda r: r["name"])
def test_counts_of_a_paste(row: dict[str, Any]) -> None:
    data = load().answer(row["text"]).data
    assert data["states"] == row["states"]
    if row["others"] is not None:
        assert data["other_lines"] == row["others"]


@pytest.mark.parametrize(
    ("key", "field"),
    [
        ("timers.total", "Tt"), ("timers.queue", "Tw"), ("haproxy.conn.fe", "feconn"), ("queue.srv", "srv_queue"),
        ("server.name", "server"), ("retries.count", "retries"), ("event.duration", None), ("haproxy_terminationState", "state"),
    ],
)  # fmt: skip
def test_what_holds_a_key_says_what_it_means(key: str, field: str | None) -> None:
    assert field_of(key) == field


@pytest.mark.parametrize(
    ("key", "field"),
    [
        ("number_of_retries", "retries"), ("max_retries", None), ("request_termination_state", "state"),
        ("fe_name_transport", "frontend"), ("http_server_name", None), ("upstream_status_code", "status"),
        ("connect_timeout_ms", None), ("user_agent", None),
    ],
)  # fmt: skip
def test_unknown_keys_are_guessed_by_their_words(key: str, field: str | None) -> None:
    assert guessed(key) == field


@pytest.mark.parametrize(
    ("record", "timers"),
    [
        ({"tr": 1, "tw": 2, "tc": 3, "ta": 9, "tsc": "----"}, {"TR": 1, "Tw": 2, "Tc": 3, "Ta": 9}),
        ({"ta": 9, "tc": 3, "tr": 1, "tw": 2, "tsc": "----"}, {"Tw": 2, "Tc": 3, "Tr": 1, "Ta": 9}),
        ({"tq": 0, "tw": 2, "tc": 3, "tr": 4, "tt": 9, "tsc": "----"}, {"TR": 0, "Tw": 2, "Tc": 3, "Tr": 4, "Ta": 9}),
        ({"tq": 1, "tc": 3, "tt": 9, "tsc": "cD"}, {"Tw": 1, "Tc": 3, "Tt": 9}),
    ],
)
def test_tr_in_small_letters(record: dict[str, Any], timers: dict[str, int]) -> None:
    assert named(flatten(record))["timers"] == timers


def test_a_state_of_something_else_is_none() -> None:
    for text in ('{"level":"warn","server":"web1","state":"CD"}', "state=SD server=web1 level=info", '{"state":"SC","code":200}'):
        assert read_line(text).termination_state is None
    assert read_line('{"status":504,"server":"s1","backend":"app","state":"SD"}').termination_state == "SD"


def test_numbers_of_any_kind() -> None:
    assert [whole(v) for v in (3, 3.0, "+3", "7 ms", "-1")] == [3, 3, 3, 7, -1]
    assert all(whole(v) is None for v in (0.5, True, None, [1], {"a": 1}, "x", ""))
    assert read_line('{"level":"info","ts":1770376454.6,"status":200,"duration":0.02}').termination_state is None


def test_what_untangle_would_change_is_seen() -> None:
    for row in SHAPES:
        line = row["line"]
        if "\n" not in line and not is_damaged(line) and not line.startswith("{"):
            assert untangle(line).split() == line.split(), line


def test_pieces() -> None:
    assert pieces('[{"a":1},{"b":2}]') == [('{"a": 1}', True), ('{"b": 2}', True)]
    assert pieces('{"data":{"result":[{"values":[["1","x"],["2","y"]]}]}}') == [("x", True), ("y", True)]
    assert len(pieces('{"tsc":"sH--","data":[{"a":1},{"b":2}]}')) == 1
    assert pieces("a<br>b\n\n```") == [("a", False), ("b", False)]
    assert pieces('{"kubernetes":{"owners":[{"a":1},{"b":2}]}}') == [('{"kubernetes": {"owners": [{"a": 1}, {"b": 2}]}}', True)]


def test_garbage_of_many_lines_is_not_put_together_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    tried = []
    longest = logline._longest
    monkeypatch.setattr(logline, "_longest", lambda lines, n: tried.append(n) or longest(lines, n))
    assert len(read_paste("1/2/3/4/5 <p x–\n" * 2000)) <= 2000
    assert len(tried) < 200
