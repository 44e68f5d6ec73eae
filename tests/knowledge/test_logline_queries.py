"""What names a state and is no record of one: queries to log stores, counters, commands; and JSON that is nearly JSON."""

# ruff: noqa: E501  queries are long

import json

import pytest

from knowledge import queries
from knowledge.line_answer import read_paste
from knowledge.logjson import to_object
from knowledge.logline import read_line
from knowledge.logobjects import decode_object, requoted
from knowledge.logquery import is_query, is_record
from knowledge.wrapping import unbraced, untangle

QUERIES = (
    'haproxy.termination_state: "sH--" and haproxy.backend_name: "api"',
    'haproxy.termination_state:"SC--" AND haproxy.backend_name:api AND NOT http.response.status_code:200',
    'termination_state="SD--" backend="api" | stats count by server',
    '{job="haproxy"} | json | termination_state="sH--" | backend="api"',
    'sum by (backend) (count_over_time({job="haproxy"} | logfmt | term="cD--" | status="504" [5m]))',
    "@termination_state:sH-- @backend:api status:error",
    "SELECT backend, count(*) FROM logs WHERE termination_state='sH--' AND status=504 GROUP BY backend",
    'HAProxyLogs | where TerminationState == "sH--" and BackendName == "api" | summarize count() by bin(TimeGenerated, 5m)',
    'filter termination_state = "sH--" and backend = "api"',
    'index=lb sourcetype="haproxy:http" termination_state="sH--" status=504 backend=api',
    '{"query":{"bool":{"filter":[{"term":{"haproxy.termination_state":"sH--"}},{"term":{"haproxy.backend_name":"api"}}]}}}',
    "jq 'select(.termination_state==\"sH--\" and .status==504)' haproxy.json",
    "awk -F'|' '$8==\"sH--\" && $3==504 {c[$5]++} END {for (b in c) print b, c[b]}' access.log",
    'haproxy_sessions_ended_total{backend="api",server="s1",termination_state="sH--"} 18',
    "termination_state: sH-- or backend: api",
)


@pytest.mark.parametrize("text", QUERIES)
def test_a_query_is_no_record(text: str) -> None:
    assert read_line(text).termination_state is None


def test_our_own_queries_are_no_records() -> None:
    for query in queries.load():
        for state in ("sH--", "cD", "--NI"):
            assert read_line(queries.filled(query, state)).termination_state is None, query.tool


def test_a_record_with_signs_of_a_query_is_a_record() -> None:
    for text in (
        'ts=sH-- st=504 be=api sv=a1 req="GET /search?q=a and b=c|stats HTTP/1.1"',
        "503|api|a1|SC--|0|GET|/x",
        '[24/Nov/2026:03:12:45.101] fe -> api/a1 | status 502 | state SH-- | 2/0/1/-1/55 "GET /a@b HTTP/1.1"',
    ):
        assert read_line(text).termination_state is not None, text
    assert not is_query("tsc=sH-- source=192.0.2.1 backend=api")


@pytest.mark.parametrize(
    ("text", "record"),
    [
        ("503|api|a1|SC--|0", True), ("sQ-- 503 192.0.2.4 be_shop shop-3 55", True), ("503,SC--,很多,错误,怎么办", False),
        ("seeing 504 sH-- on 192.0.2.4 since noon", False), ("503 SC-- api", False), ("a, b, 503, SC--, c", False),
    ],
)  # fmt: skip
def test_fields_and_sentences(text: str, record: bool) -> None:
    assert is_record(text, text) is record
    assert (read_line(text).termination_state is not None) is record


def test_json_written_by_hand() -> None:
    text = '{"time":24/Nov/2026:03:12:45.101,hp:"/a,b",n:-,"rc":+1,"e":,"x":[1,{"y":null}],"u":"{k:v}"}'
    wanted = {"time": "24/Nov/2026:03:12:45.101", "hp": "/a,b", "n": "-", "rc": "+1", "e": "", "x": [1, {"y": None}], "u": "{k:v}"}  # fmt: skip
    assert json.loads(requoted(text)) == wanted
    assert decode_object(text) == wanted
    assert decode_object('{"a":"b"') is None


def test_tq_is_tr_only_where_there_is_no_tr() -> None:
    record = '{"tsc":"SD--","ST":200,"b":"x","timers":{"Tq":9,"TR":4,"Tw":0,"Tc":1,"Tr":2,"Tt":12}}'
    assert to_object(read_line(record))["timers"] == {"TR": 4, "Tw": 0, "Tc": 1, "Tr": 2, "Ta": 12}


def test_braces_that_are_no_captures() -> None:
    assert unbraced("{sH--} {504} {be/s1}") == " sH--   504   be/s1 "
    assert unbraced('be/s1 200 {www.example.com} {} "GET / HTTP/1.1"') is None
    assert read_line("{term:sH--,status:504,backend:b,server:s}").termination_state == "sH--"


def test_one_word_a_line() -> None:
    line = '192.0.2.7:1 [24/Nov/2026:03:12:45.101] w a/s 0/0/1/2/3 200 9 - - ---- 1/1/1/1/0 0/0 "GET /x HTTP/1.1"'
    assert read_paste(line.replace(" ", "\n")) == [read_line(line)]
    lines = "GET|/x|502|SH--|9|be\n" * 9
    assert [found.termination_state for found in read_paste(lines)] == ["SH--"] * 9


def test_marks_of_other_keyboards() -> None:
    assert untangle("0/0/1/ー1/3 504 9 ー ー sHーー 1/1/1/1/0 0/0") == "0/0/1/-1/3 504 9 - - sH-- 1/1/1/1/0 0/0"
    assert untangle("サーバー sD") == "サーバー sD"


def test_retries_alone_behind_the_state() -> None:
    line = 'be/srv 504 {} {} "GET / HTTP/1.1"'
    assert read_line(line.format("0/0/1/-1/25", "sH-- 3")).retries == 3
    assert read_line(line.format("0/0/1/-1/25", "sH-- +1")).redispatched
    cut = "192.0.2.7:1 [24/Nov/2026:03:12:45.101] w a/s 0/0/1/2/3 504 9 - - sH-- 3"
    assert (read_line(cut).termination_state, read_line(cut).retries) == ("sH--", None)
