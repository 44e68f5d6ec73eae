"""knowledge.search: words find the entry that an expert would name, typing errors and both scripts of Chinese included."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import knowledge
from knowledge import code as codes
from knowledge.lexicon import Lexicon
from knowledge.lexicon_files import asked, rules, source
from knowledge.search import index
from tests.eval import evaluate

BASE = knowledge.load()
INDEX = index(BASE)
LEXICON = Lexicon(source())
QUESTIONS = Path(evaluate.__file__).parent


def first(text: str) -> str:
    return next((id for id, _ in INDEX.find(text).hits), "")


@pytest.mark.parametrize(
    ("text", "feature"),
    [
        ("the client aborted", "client.abort"), ("aborted by the client", "client.abort"), ("客户端主动断开", "client.abort"),
        ("连接被后端重置", "server.reset"), ("client left before the server responded", "before.respond"),
        ("while haproxy is connecting to the backend", "at.connect"), ("后端还没返回", "no.respond"),
        ("客户端在 haproxy 连接后端期间断开", "client.abort"), ("請求在佇列裡", "queue"), ("bakend", "server"),
        ("conectoin refussed", "refuse"),
        ("下载被客户瑞中断", "client"), ("重定象", "redirect"), ("takes 40s", "slow"),
    ],
)  # fmt: skip
def test_the_lexicon_sees_who_did_what_and_when(text: str, feature: str):
    assert feature in LEXICON.see(text).features


@pytest.mark.parametrize(
    ("text", "feature"),
    [
        ("the connection was not refused", "refuse"), ("后端没有挂", "down"), ("it did not time out", "timeout"),
        ("no reset was seen", "reset"),
    ],
)
def test_what_is_denied_is_not_seen(text: str, feature: str):
    assert feature not in LEXICON.see(text).features


@pytest.mark.parametrize("text", ["服务器断开", "应用断开"])
def test_a_phrase_that_only_sounds_right_yields_to_what_is_written(text: str):
    assert "server.abort" in LEXICON.see(text).features


@pytest.mark.parametrize("text", ["接口要跑九十秒", "接口要跑 90 秒"])
def test_a_chinese_number_is_a_number(text: str):
    assert "slow" in LEXICON.see(text).features


@pytest.mark.parametrize("text", ["帮我打开文件夹", "printer is out of paper", "house prices report"])
def test_ordinary_words_are_not_taken_for_misspellings(text: str):
    assert LEXICON.see(text).features.isdisjoint({"abort", "client.abort", "timeout", "refuse", "reset", "port"})


@pytest.mark.parametrize(
    ("text", "id"),
    [
        ("user closed the browser tab in the middle of a big download", "CD"), ("504 after 30s", "sH"),
        ("backend is fine but haproxy says 503 NOSRV", "SC"), ("大文件上传到一半断了，客户端超时", "cH"),
        ("後端伺服器拒絕連線", "SC"), ("后端巨绝链接", "SC"), ("websoket idel disconect", "cD"),
        ("which flag tells me that the client side timeout expired, whatever the phase", "pos1:c"),
        ("first visit, haproxy inserts the persistence cookie", "cookie:NI"),
    ],
)  # fmt: skip
def test_words_find_their_entry(text: str, id: str):
    assert first(text) == id


@pytest.mark.parametrize(
    "text", ["thanks, that fixed it", "how to install haproxy 3.0 on ubuntu", "谢谢，搞定了", "lunch?", "", "?!", "asdf qwer"]
)
def test_nothing_fits_is_an_outcome(text: str):
    found = INDEX.find(text)
    assert (found.outcome, found.hits) == ("nothing", ())


def test_close_calls_are_several():
    found = INDEX.find("haproxy timeout")
    assert found.outcome == "several"
    assert len(found.hits) >= 3


@given(st.text())
def test_no_text_breaks_it_and_scores_are_shares(text: str):
    found = INDEX.find(text)
    scores = [score for _, score in found.hits]
    assert scores == sorted(scores, reverse=True)
    assert all(0 < score <= 1 for score in scores)
    assert sum(scores) <= 1.0001


def test_rules_and_examples_name_what_exists():
    entries = {entry.id for entry in BASE} | set(codes.PAIRS)
    names = {*source().agents, *source().actions, *source().terms, *source().operators}
    groups = {"pairs", "cookies", "letters12", "letters34", "letters1", "letters2", "letters3", "letters4", "nothing"}
    for rule in rules().rules:
        for feature in rule.has.replace("!", "").split():
            assert set(feature.split(".")) <= names | {"at", "domain", "hard", "client", "server"}, feature
        for target in rule.adds:
            assert target in entries | groups or "*" in target or target[:2] in ("3:", "4:"), target
    assert set(asked()) <= entries | {"nothing"}


@pytest.mark.parametrize(
    ("name", "hit", "recall", "rejected"),
    [("questions", 0.97, 0.98, 0.99), ("questions-tuned", 0.97, 0.98, 0.95), ("questions-heldout", 0.93, 0.95, 0.85)],
)
def test_no_change_makes_the_search_worse(name: str, hit: float, recall: float, rejected: float):
    outcomes = evaluate.run(evaluate.read(QUESTIONS / f"{name}.jsonl"), evaluate.asker())
    asked_for = [o for o in outcomes if o.case.expected]
    negative = [o for o in outcomes if not o.case.expected]
    assert evaluate.share(asked_for, lambda o: o.hit) >= hit
    assert evaluate.share(asked_for, lambda o: o.recalled) >= recall
    assert evaluate.share(negative, lambda o: o.hit) >= rejected
