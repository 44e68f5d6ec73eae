"""The names that log formats give to fields: what a key of a JSON object or of `key=value` means."""

import re
import unicodedata
from functools import lru_cache

EITHER = "tr?"
"""`tr` in small letters: the request's timer or the response's, told by what stands beside it."""


def _plain(name: str) -> str:
    """`name` without accents: `état` is logged as `etat`, too. Kana and Hangul stay whole."""
    if name.isascii():
        return name
    bare = "".join(c for c in unicodedata.normalize("NFD", name) if not "\u0300" <= c <= "\u036f")
    return unicodedata.normalize("NFC", bare)


_NAMES: dict[str, str] = {
    _plain(name): field
    for field, names in {
        "state": "termination_state term_state termstate termination termination_code termination_flags term_flags tsc ts "
        "state flags session_state sess_term_state haproxy_state termination_status term term_code end_state tstate "
        "termination_state_with_cookie_status t_state disconnect_state session_termination_state stream_state term_codes "
        "terminationstate tst flag sess_state close_state exit_state "
        "end ended end_code endcode ended_by closed_by close_code closed close close_reason end_reason reason cause disposition "
        "tflags tcode sflags hap_state conn_state sess_end end_status",
        "status": "status status_code http_status http_status_code response_code resp_code statuscode code st response_status "
        "http_response_code res_status rc_http httpstatus return_code response http_code "
        "http stat sc_status rstatus",
        "frontend": "frontend frontend_name fe fe_name ft front f frontend_name_transport haproxy_frontend frontend_transport "
        "front_end frontendname f_end f_name",
        "backend": "backend backend_name be be_name b back haproxy_backend back_end backendname b_end b_name",
        "server": "server server_name srv srv_name s sv svname sv_name backend_server haproxy_server srvname servername "
        "back_server b_server real_server rs s_name",
        "backend_server": "backend_and_server be_srv backend_srv upstream target",
        "retries": "retries rc retry retry_count conn_retries connection_retries nb_retries rtr rtry retr",
        "redispatched": "redispatched redispatch",
        "request": "request http_request req r request_line raw_request_line requestline captured_request http_req req_line "
        "reqline",
        "bytes": "bytes bytes_read b_read bytes_sent body_bytes_sent response_bytes response_size size bytesread bytes_out "
        "resp_bytes res_bytes",
        "timers": "timers timer timing timings times tm t time_events durations performance_metrics",
        "conns": "conns conn connections connection_counts c counters conn_counts",
        "queues": "queues queue q queue_counts",
        "actconn": "actconn ac act_conn active_connections process_concurrent_connections actconns active_conn",
        "feconn": "feconn fc fe_conn frontend_connections frontend_concurrent_connections feconns frontend_conn",
        "beconn": "beconn bc be_conn backend_connections backend_concurrent_connections beconns backend_conn",
        "srv_conn": "srv_conn srvconn sc server_connections server_concurrent_connections srvconns server_conn",
        "srv_queue": "srv_queue sq server_queue srvqueue",
        "backend_queue": "backend_queue bq be_queue backendqueue bckqueue",
        "TR": "time_request time_to_receive time_client_req client_request_send_time request_time_ms "
        "http_request_time_wait_ms time_receive req_time t_request request_receive_time http_request_send_time "
        "client_request_time time_client",
        "Tq": "tq tq_ms timer_tq time_tq timers_tq",
        "Tw": "tw tw_ms time_queue queue_time time_queued time_wait total_waiting_time_ms queue_wait wait_time time_waiting "
        "queue_wait_time time_tw timer_tw t_queue timers_tw queue_ms queue_time_ms time_spent_in_queue "
        "tot_wait_q",
        "Tc": "tc tc_ms time_connect connect_time connection_time time_backend_connect connection_wait_time_ms connect "
        "time_backend_conn backend_connect_time time_tc timer_tc t_connect timers_tc connect_ms connect_time_ms "
        "server_connect_time server_wait_time upstream_connect_time",
        "Tr": "response_time time_response time_backend_response time_server server_response_time "
        "http_request_time_wait_without_data_ms time_tr_response timer_tr_response time_backend_resp t_response "
        "response_time_ms response_ms time_server_response http_response_time "
        "server_response_send_time upstream_response_time",
        EITHER: "tr tr_ms time_tr timer_tr timers_tr res_time",
        "Ta": "ta ta_ms time_active active_time total_active_time http_request_time_active_ms time_ta timer_ta timers_ta "
        "client_request_active_time http_request_time_total time_active_ms request_active_time",
        "Tt": "tt tt_ms time_total total_time session_duration time_duration duration duration_ms session_time "
        "total_time_ms time_tt timer_tt t_total total elapsed_ms timers_tt time_total_ms total_ms time_session session_ms",
        "term_events": "term_events",
        "fc_err": "fc_err fc_err_name",
        "bc_err": "bc_err bc_err_name",
        "accepted": "accept_date request_date time timestamp date datetime time_local accept_time request_time_local date_time "
        "timestamp_local time_iso8601 local_time accept_timestamp start_time",
        "mode": "mode proxy_mode",
    }.items()
    for name in names.split()
}
_ABROAD = {
    "state": "终止状态 会话状态 断开状态 结束状态 终止码 终止标志 结束标志 状态标志 終止狀態 結束狀態 結束碼 "
    "終了状態 終了コード 終了フラグ セッション状態 切断状態 終了 연결상태 종료상태 종료_상태 종료코드 세션상태 "
    "zustand endzustand endestatus endstatus abbruch abbruchcode abbruchstatus beendigung beendigungsstatus "
    "etat etat_fin etatfin etat_final fin code_fin terminaison etat_terminaison code_terminaison "
    "estado estado_fin estado_final terminacion estado_terminacion codigo_fin cierre encerramento "
    "stato_fine stato_finale terminazione eindstatus "
    "состояние завершение код_завершения состояние_завершения статус_завершения код_окончания",
    "status": "状态码 响应码 http状态码 返回码 狀態碼 響應碼 応答 応答コード ステータス ステータスコード 상태코드 응답코드 응답 "
    "статус код код_ответа ответ statut code_statut code_http code_reponse reponse antwort antwortcode "
    "codigo codigo_http codigo_estado respuesta estado_http codice stato",
    "frontend": "前端 前端名称 フロント フロントエンド 프런트엔드 프론트엔드 프론트 фронтенд фронт frontal",
    "backend": "后端 后端名称 後端 バックエンド バック 백엔드 бэкенд бекенд",
    "server": "服务器 后端服务器 服务节点 伺服器 サーバ サーバー 서버 сервер serveur servidor",
    "retries": "重试次数 重试 重試 重試次數 リトライ 再試行 再試行回数 재시도 재시도횟수 повторы попытки "
    "essais tentatives reintentos versuche wiederholungen tentativas",
    "request": "请求 请求行 請求 リクエスト 요청 запрос requete anfrage peticion solicitud richiesta pedido",
    "bytes": "字节数 字节 バイト バイト数 바이트 байт octets",
    "Tw": "排队时间 排队耗时 排队 待機時間 대기시간 wartezeit temps_attente attente tiempo_cola ожидание",
    "Tc": "连接时间 连接耗时 接続時間 연결시간 verbindungszeit temps_connexion tiempo_conexion",
    "Tr": "响应时间 响应耗时 応答時間 응답시간 antwortzeit temps_reponse tiempo_respuesta",
    "Tt": "总时间 总耗时 耗时 合計時間 所要時間 소요시간 총시간 gesamtzeit dauer temps_total duree tiempo_total "
    "duracion длительность",
}
"""The same in other languages: Chinese, Japanese, Korean, German, French, Spanish, Portuguese, Italian, Dutch, Russian."""

_NAMES |= {_plain(name): field for field, names in _ABROAD.items() for name in names.split()}
_EXACT = {"TR": "TR", "Tq": "Tq", "Tw": "Tw", "Tc": "Tc", "Tr": "Tr", "Ta": "Ta", "Tt": "Tt", "ST": "status", "B": "bytes",
          "TW": "Tw", "TC": "Tc", "TA": "Ta", "TT": "Tt"}  # fmt: skip
_INSIDE: tuple[tuple[frozenset[str], dict[str, str]], ...] = tuple(
    (frozenset(parents.split()), {name: field for field, names in fields.items() for name in names.split()})
    for parents, fields in (
        ("timers timer timing timings time times durations latency latencies time_events", {
            "TR": "request req client client_request receive", "Tw": "queue wait queued waiting",
            "Tc": "connect connection conn", "Tr": "response server resp backend server_response", "Ta": "active",
            "Tt": "total total_time all session duration",
        }),
        ("conn conns connection connections connection_counts conn_counts counters concurrent concurrent_connections", {
            "actconn": "act active process", "feconn": "fe frontend front", "beconn": "be backend back",
            "srv_conn": "srv server",
        }),
        ("retries retry", {"retries": "count total number"}),
        ("event", {"": "duration"}),
        ("ended_by closed_by ended closed end close termination terminated term disconnect session_end", {
            "state": "code state flags flag value raw short status", "": "reason text time at",
        }),
        ("queue queues", {"srv_queue": "srv server", "backend_queue": "be backend back"}),
    )
)  # fmt: skip
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z][a-z])")
_PROXIES = (("frontend", {"frontend", "fe", "front"}), ("backend", {"backend", "be", "back"}), ("server", {"server", "srv"}))
_PHASES = (
    ({"queue", "queued", "queueing"}, "Tw"), ({"connect", "connection"}, "Tc"), ({"active"}, "Ta"), ({"total"}, "Tt"),
    ({"request"}, "TR"), ({"response"}, "Tr"),
)  # fmt: skip
_SPANS = {"time", "ms", "duration", "timer", "msec", "millis"}
_LESS = {
    name: field
    for field, names in {
        "frontend": "listener vip virtual_server", "backend": "pool farm", "server": "member pool_member",
    }.items()
    for name in names.split()
}  # fmt: skip
"""Names of other load balancers: they tell a proxy's name, and are no evidence of HAProxy."""
_OTHER_SERVERS = {"http", "host", "ssl", "sni", "tls", "virtual", "queue", "log", "syslog", "dns", "domain"}
_SURE = re.compile(
    r"te?rm|ts[ct]\b|sess|haproxy|disconnect|[终終结結]止|[结結]束|終了|会话|セッション|断开|切断|종료|세션|заверш|окончан|abbruch|beendig"
    r"|endzustand|endestat|eindstat|etat_?fin|état_?fin|code_?fin|estado_?fin|codigo_?fin|stato_?fin|(?:^|\.)_?ts$",
    re.IGNORECASE,
)
OTHERS = frozenset(("upstream_cluster", "upstream_host", "route_name", "response_code_details", "RouterName", "entryPointName"))
"""Keys that HAProxy's records don't have: a state under a name that others use too is none beside them."""


def _snake(key: str) -> str:
    return _plain(_CAMEL.sub("_", key)).casefold().replace("-", "_").replace("@", "").replace("%", "").strip("_")


@lru_cache(2000)
def field_of(key: str) -> str | None:
    """Which field a key names: by its last part in what holds it, then by its whole path, then by less and less of it."""
    last = key.rpartition(".")[2]
    if last in _EXACT:
        return _EXACT[last]
    parts = _snake(key).split(".")
    if len(parts) > 1:
        for parents, inside in _INSIDE:
            if parts[-2] in parents and parts[-1] in inside:
                return inside[parts[-1]] or None
    for start in range(len(parts)):
        name = "_".join(parts[start:])
        if name in _NAMES:
            return _NAMES[name]
        for prefix in ("haproxy_", "hap_", "ha_"):
            if name.startswith(prefix) and name.removeprefix(prefix) in _NAMES:
                return _NAMES[name.removeprefix(prefix)]
    return None


@lru_cache(2000)
def guessed(key: str) -> str | None:
    """Which field a key that `field_of` does not know speaks of, by the words in it (`number_of_retries`)."""
    above, _, last = key.rpartition(".")
    words = set(_snake(last).split("_"))
    if words == {"name"}:
        words |= set(_snake(above.rpartition(".")[2]).split("_"))  # `target_server.name`
    if (less := less_of(key)) is not None:
        return less
    if words & {"retries", "retry"}:
        return None if words & {"max", "after", "time", "limit", "queue"} else "retries"
    if words & {"term", "termination", "disconnect", "disconnection"} and words & {"state", "code", "flag", "flags", "status"}:
        return "state"
    if words & {"name", "transport"}:
        for field, known in _PROXIES:
            if words & known and not words & _OTHER_SERVERS:
                return field
    if {"status", "code"} <= words:
        return "status"
    if len(words) > 1:
        for name, field in (("tw", "Tw"), ("tc", "Tc"), ("tq", "Tq"), ("ta", "Ta"), ("tt", "Tt")):
            if name in words:
                return field
    if words & _SPANS and not words & {"idle", "timeout", "handshake", "date", "stamp", "start"}:
        return next((field for known, field in _PHASES if words & known), None)
    return None


def is_sure(key: str) -> bool:
    """True where the name of a state's key is one that other programs' records don't have (`tsc`; not `state`, `flags`)."""
    return _SURE.search(key) is not None


@lru_cache(2000)
def less_of(key: str) -> str | None:
    """The proxy or server that a key of other load balancers names (`pool`, `member`)."""
    return _LESS.get(_snake(key.rpartition(".")[2]))
