"""What the answers say of a status, held to what the lab recorded: of every version, in both languages."""

import re
from collections import Counter

import pytest

import knowledge
from knowledge import code as codes
from knowledge.answer_model import Para
from knowledge.compose import recorded
from knowledge.evidence import Record, for_pair, records, version_key
from knowledge.line_reading import facts
from knowledge.logline import read_line
from knowledge.model import Language, Text
from knowledge.status_fit import keeps_server_status, status_sentence

BASE = knowledge.load()
RUNS = tuple(r for r in records() if r.state)


def said(record: Record, language: Language) -> str:
    return "\n".join(part.text for part in BASE.answer(record.line, language).summary if isinstance(part, Para))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_recorded_status_is_never_denied(language: Language):
    denied = re.compile("is not what HAProxy logs with|not among the statuses|没有见过|通常不会记录")
    for key in dict.fromkeys((r.pair, r.status) for r in RUNS if r.status is not None):
        assert not denied.search(status_sentence(BASE, *key, language)), key
    for record in {(r.state, r.status): r for r in RUNS}.values():
        assert not denied.search(said(record, language)), record.line


def test_no_fact_of_a_recorded_line_contradicts_what_the_client_got():
    for record in RUNS:
        found = " ".join(facts(read_line(record.line), "en"))
        if record.seen is not None:
            assert "received nothing" not in found, record
            assert "no response was sent" not in found, record
        if '"<BADREQ>"' not in record.line:
            assert "never had a complete request" not in found, record
        if "tarpit" in record.scenario:
            assert "in the queue" not in found, record


def test_a_status_with_version_bounds_holds_where_it_was_recorded():
    def branch(version: str) -> tuple[int, ...]:
        return version_key(version)[:2]

    for record in RUNS:
        known = BASE.states.get(record.pair) or recorded().get(record.pair)
        rows = [status for status in known.statuses if status.logged == record.status] if known else []
        at = branch(record.version)
        holding = [
            row for row in rows if (not row.since or branch(row.since) <= at) and (not row.until or at <= branch(row.until))
        ]
        assert holding or not rows, record


def test_every_recorded_pair_has_an_entry_or_its_own_text():
    assert {r.pair for r in RUNS} <= set(BASE.states) | set(recorded())
    for pair, known in recorded().items():
        assert codes.is_pair(pair)
        assert pair not in BASE.states
        logged = {r.status for r in for_pair(pair) if r.status is not None}
        assert logged <= {status.logged for status in known.statuses} or keeps_server_status(pair), pair
        for scenario in re.findall(r"`([a-z0-9]+(?:-[a-z0-9]+)+)`", known.text.en):
            assert scenario == "hard-stop-after" or any(r.scenario == scenario for r in for_pair(pair)), scenario


def test_the_texts_of_recorded_pairs_say_the_same_in_both_languages():
    texts: list[Text] = []
    for known in recorded().values():
        texts += [known.verdict, known.text, *(status.when for status in known.statuses)]
    for text in texts:
        assert set(re.findall(r"`[^`]+`|\[\[[^]]+\]\]", text.en)) == set(re.findall(r"`[^`]+`|\[\[[^]]+\]\]", text.zh)), text.en
        numbers = [Counter(re.findall(r"\d+(?:\.\d+)*", side)) for side in (text.en, text.zh)]
        assert set(numbers[0]) == set(numbers[1]), text.en


def test_the_answer_to_a_recorded_pair_shows_versions_and_scenarios():
    answer = BASE.answer("DH", "en")
    assert answer.data["evidence"]
    assert "server-down-headers" in "\n".join(part.text for part in answer.summary if isinstance(part, Para))


def test_a_status_that_a_rule_may_choose_is_not_denied():
    assert "a rule of your own" in status_sentence(BASE, "PR", 451, "en")
    assert "自己的规则" in status_sentence(BASE, "LR", 410, "zh")
    assert "not what HAProxy logs" in status_sentence(BASE, "SC", 504, "en")
