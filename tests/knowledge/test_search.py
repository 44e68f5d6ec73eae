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
from knowledge.timing import clues, shorter
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
        ("the session was aboretd", "abort"), ("conectign to the server", "connect"),
        ("users get disconnected after a while", "client.cut"), ("用户被断开", "client.cut"), ("it takes two minutes", "slow"),
        ("server is sending the body", "server.send"), ("ssh: connection timed out", "subject"), ("can haproxy do that", "asks"),
        ("haproxy 自己回了", "haproxy"), ("srv_abrt goes up", "srvaborts"), ("q timeout", "to_queue"),
        ("closed before the whole response was there", "whole"),
        ("all the servers are down", "alldown"), ("without a byte of answer", "no.respond"), ("后端据绝链接", "refuse"),
        ("下载被客户瑞中断", "client"), ("重定象", "redirect"), ("takes 40s", "slow"),
        ("timout conectng to the backend", "to_connect"), ("browsers still send SRV=web3", "cookie"),
        ("浏览器带着 SRV=web3", "cookie"), ("kubelet stopped posting node status", "elsewhere"),
        ("502 rather than 504", "badgateway"),
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


@pytest.mark.parametrize(
    ("text", "feature"),
    [
        ("everything goes through haproxy", "abort"), ("users get disconnected after a while", "client.abort"),
        ("haproxy 报了连接被拒", "proxy.refuse"), ("users complain that the page is slow", "client.slow"),
        ("players are thrown out", "exhaust"), ("in turn", "queue"), ("as usual", "provided"), ("after a restart", "chat"),
        ("url with a pipe", "platform"), ("idle for a minute", "slow"), ("in front of haproxy", "subject"),
        ("the database is fine", "abort"), ("an issue with the site", "inserted"), ("the site", "idle"),
        ("quite a few visitors", "leave"),
        ("release notes", "op.no"), ("out of sync", "blackhole"), ("keepalived runs", "reuse"), ("half of our log", "whole"),
        ("空闲连接", "queue"), ("support wants to know", "setup"), ("it got a 502 rather than 504", "gatewaytimeout"),
    ],
)  # fmt: skip
def test_what_only_looks_like_it_is_not_seen(text: str, feature: str):
    assert feature not in LEXICON.see(text).features


@pytest.mark.parametrize(
    ("text", "features"),
    [
        ("503 with 0/5000/-1/-1/5000", {"timers.queue", "timers.expired"}),
        ("be 12/30000/-1/-1/30012", {"timers.queue", "timers.expired"}),
        ("0/0/-1/-1/3001", {"timers.connect", "timers.expired"}), ("0/0/-1/-1/0 and 503", {"timers.connect", "timers.early"}),
        ("10/0/0/-1/30012", {"timers.headers", "timers.expired"}), ("-1/-1/-1/-1/10001", {"timers.request", "timers.expired"}),
        ("0/-1/-1/-1/0", {"timers.connect", "timers.early"}), ("0/0/1/20/21", set()), ("1/2/3", set()), ("10.0.0.0/8", set()),
    ],
)  # fmt: skip
def test_timers_in_a_sentence_say_the_phase(text: str, features: set[str]):
    assert clues(text) == features


@pytest.mark.parametrize(
    ("text", "features"),
    [
        ("timeout client 1h, timeout server 10m", {"shorter.server"}),
        ("server timeout is 90s, client timeout 60s", {"shorter.client"}),
        ("timeout client 設 30s，timeout server 5m", {"shorter.client"}), ("timeout client 1m, timeout server 60s", set()),
        ("timeout server 30s", set()), ("timeout client and timeout server", set()),
    ],
)  # fmt: skip
def test_of_two_timeouts_that_are_told_the_shorter_one_counts(text: str, features: set[str]):
    assert shorter(text) == features


@pytest.mark.parametrize(
    ("text", "feature"),
    [
        ("閘道逾時", "gatewaytimeout"), ("用戶端斷線", "client.abort"),
        ("伺服器憑證驗證失敗", "tlsfail"), ("快取命中", "localreply"),
        ("the 502 was made by the app", "server.ownpage"), ("our app shows its own 503 page", "unavailable"),
        ("haproxy passed it along", "proxy.relay"), ("后端还没种新的 cookie", "notinserted"),
        ("the app logs a broken pipe", "server.pipe"), ("客户端在后端返回之前就关掉了", "client.abort"),
    ],
)
def test_words_of_both_regions_and_whose_page_it_was(text: str, feature: str):
    assert feature in LEXICON.see(text).features


def test_no_phrase_goes_across_a_comma():
    assert "server" not in LEXICON.see("没人应，用户走了").features


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
        ("503 with a big Tw value and Tc -1", "sQ"), ("maxqueue exceeded", "SQ"),
        ("backend hangs in the middle of sending the body and nothing moves", "sD"),
        ("people with giant cookies get 400 bad request from haproxy", "PR"),
        ("HAProxy shows the server as UP, yet some requests end as connection refused", "SC"),
        ("rabbitmq consumers lose their connection to the vip every three hours", "cD"),
        ("后端磨磨蹭蹭不出结果，haproxy 等烦了", "sH"), ("session persistence server gone", "cookie:DI"),
        ("log lines with 503 and 0/5000/-1/-1/5000", "sQ"), ("timers are 10/0/0/-1/30012", "sH"),
        ("backend ssl handshake failure 503", "SC"), ("早上第一个请求总是 502，再刷新就好", "SH"),
        ("eresp counter increasing", "PH"), ("cli_abrt 一直涨", "CD"), ("haproxy 改写了后端的 set-cookie", "pos4:R"),
        ("cannot bind source address for outgoing connection, address already in use", "RC"),
        ("nginx behind HAProxy returning 444", "SH"), ("mysql 返回数据时崩溃", "SD"),
        ("git clone of a big repo stops in the middle", "SD"),
        ("our frontend logs ssl handshake failure all day long", "message:ssl-handshake-failure"),
        ("check of the new server ends with Layer7 timeout and it flaps", "message:check-l7tout"),
        ("which timer shows how long the backend took to answer", "timer:Tr"), ("哪个时间字段是排队花的时间", "timer:Tw"),
        ("every request gives 503 and the stats page says L4CON", "SC"),
        ("requests in flight were aborted as the node went into down state", "DD"),
        ("each time we push config changes the open rdp sessions are killed a minute later", "KD"),
        ("the worker was killed with 502 though I expected 504, it took longer than the gunicorn timeout", "SH"),
        ("the deallocated vm is still listed, requests hang for five seconds and end in 503", "sC"),
        ("every deploy of the config kills the open ssh sessions when the old process goes", "KD"),
        ("扫描器发来一堆乱码，返回 400", "PR"), ("users come with the SERVERID of the old cluster", "cookie:II"),
        ("haproxy speaks ssl to the http port of the backend, 503", "SC"), ("lua 脚本抛异常，返回 500", "IR"),
        ("the query stalls after the first thousand rows and the rest never arrives, the browser still waits", "sD"),
        ("the 502 was made by the nginx behind haproxy and only passed along", "--"),
        ("後端憑證過期，HAProxy 驗證失敗，回 503", "SC"),
        ("haproxy 发的 SYN 被后端回了 RST", "SC"), ("SYN 没人应，用户先走了", "CC"),
        ("the caller has a read timeout of 3s, haproxy timeout server 60s, the backend had not replied yet", "CH"),
        ("调用方 2 秒超时，请求还在 haproxy 里排队", "CQ"), ("客户端窗口为零，一直不收数据，最后 timeout client 断掉", "cD"),
        ("the scraper waited until the end of the tarpit and got its error", "PT"),
        ("cookie 指向的服务器检查还是 up，但连接失败，换到别的机器并种了新 cookie", "cookie:VI"),
        ("postonly 模式下 GET 没有 cookie", "cookie:NN"),
        ("docker push of a big layer ends in 504", "sH"), ("golang 后端报 write: broken pipe，client 断了", "CD"),
        ("which first letter stands for everything that haproxy answered itself", "pos1:L"),
    ],
)  # fmt: skip
def test_words_find_their_entry(text: str, id: str):
    assert first(text) == id


@pytest.mark.parametrize(
    "text",
    [
        "thanks, that fixed it", "how to install haproxy 3.0 on ubuntu", "谢谢，搞定了", "lunch?", "", "?!", "asdf qwer",
        "ssh: connection timed out", "nginx 400 request header or cookie too large", "kubectl 连接被拒绝", "redis 主从切换超时",
        "kubectl get pods: Unable to connect to the server: dial tcp i/o timeout", "how do I write an acl that matches the path",
        "can haproxy do lua scripting", "curl: (7) Failed to connect to localhost port 3000: Connection refused",
        "haproxy: bind address already in use on startup", "vpn client disconnects", "istio 503 upstream",
        "haproxy exporter metrics list",
        "haproxy 怎么按域名转发到不同后端", "container exited with code 137", "ssl handshake failure in openssl s_client",
        "my laptop's wifi keeps disconnecting", "haproxy acl for host header", "patroni leader election fails",
        "apache mod_proxy 502 proxy error", "iis 503 application pool stopped", "IIS 应用程序池停止，网站 503",
        "git clone: RPC failed, early EOF",
        "who restarted the server last night", "haproxy 的 ssl 怎么 terminate 多个 domain", "customer cancelled the appointment",
        "the merge queue is stuck", "haproxy set timeouts for all backends in one place",
    ],
)  # fmt: skip
def test_nothing_fits_is_an_outcome(text: str):
    found = INDEX.find(text)
    assert (found.outcome, found.hits) == ("nothing", ())


def test_close_calls_are_several():
    found = INDEX.find("haproxy timeout")
    assert found.outcome == "several"
    assert len(found.hits) >= 3


@pytest.mark.parametrize("text", ["后端响应慢", "websocket idle timeout", "access denied by an acl with 403"])
def test_the_second_and_the_third_are_named_however_clear_the_first_is(text: str):
    assert len(INDEX.find(text).hits) >= 3


@given(st.text())
def test_no_text_breaks_it_and_scores_are_shares(text: str):
    found = INDEX.find(text)
    scores = [score for _, score in found.hits]
    assert scores == sorted(scores, reverse=True)
    assert all(0 < score <= 1 for score in scores)
    assert sum(scores) <= 1.0001


def test_every_id_that_can_be_found_is_one():
    legal = {*codes.PAIRS, *(f"cookie:{c}" for c in codes.COOKIE_PAIRS)}
    legal |= {f"pos{n}:{c}" for n, alphabet in enumerate(codes.POSITIONS, 1) for c in alphabet}
    legal |= {*BASE.messages, *BASE.timers}
    assert set(INDEX.scores("x")[0]) <= legal
    assert set(BASE.cookies) <= set(INDEX.scores("x")[0])


def test_rules_and_examples_name_what_exists():
    entries = {entry.id for entry in BASE} | set(codes.PAIRS)
    names = {*source().agents, *source().actions, *source().terms, *source().operators}
    implied = {name for names in source().implies.values() for name in names}
    derived = {"at", "op", "cut", "subject", "timers", "expired", "early", "shorter", *source().openings, *implied}
    groups = {"pairs", "cookies", "letters12", "letters34", "letters1", "letters2", "letters3", "letters4", "nothing"}
    groups |= {"messages", "timers"}
    for rule in rules().rules:
        for feature in rule.has.replace("!", "").split():
            assert set(feature.split(".")) <= names | derived, feature
        for target in rule.adds:
            assert target in entries | groups or "*" in target or target[:2] in ("3:", "4:"), target
    assert set(asked()) <= entries | {"nothing"}


@pytest.mark.parametrize(
    ("name", "hit", "recall", "rejected"),
    [("questions", 0.97, 0.98, 0.99), ("questions-tuned", 0.98, 0.98, 0.97), ("questions-heldout", 0.96, 0.97, 0.95)],
)
def test_no_change_makes_the_search_worse(name: str, hit: float, recall: float, rejected: float):
    outcomes = evaluate.run(evaluate.read(QUESTIONS / f"{name}.jsonl"), evaluate.asker())
    asked_for = [o for o in outcomes if o.case.expected]
    negative = [o for o in outcomes if not o.case.expected]
    assert evaluate.share(asked_for, lambda o: o.hit) >= hit
    assert evaluate.share(asked_for, lambda o: o.recalled) >= recall
    assert evaluate.share(negative, lambda o: o.hit) >= rejected
