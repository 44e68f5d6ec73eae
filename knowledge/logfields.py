"""Named fields of a log line: JSON of any nesting, key=value, `key: value`, under the names that log formats really use."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import msgspec

from knowledge.logrecord import (
    HTTP_TIMERS,
    Fields,
    put_bytes,
    put_connections,
    put_queues,
    put_retries,
    put_timers,
    spelled,
    whole,
)  # fmt: skip

_NAMES: dict[str, str] = {
    name: field
    for field, names in {
        "state": "termination_state term_state termstate termination termination_code termination_flags term_flags tsc ts "
        "state flags session_state sess_term_state haproxy_state termination_status term term_code end_state tstate "
        "termination_state_with_cookie_status t_state disconnect_state session_termination_state stream_state term_codes "
        "terminationstate flag sess_state close_state exit_state",
        "status": "status status_code http_status http_status_code response_code resp_code statuscode code st response_status "
        "http_response_code res_status rc_http httpstatus return_code response http_code",
        "frontend": "frontend frontend_name fe fe_name ft front f frontend_name_transport haproxy_frontend frontend_transport "
        "front_end frontendname",
        "backend": "backend backend_name be be_name b back haproxy_backend back_end backendname",
        "server": "server server_name srv srv_name s backend_server haproxy_server srvname servername",
        "backend_server": "backend_and_server be_srv backend_srv upstream target",
        "retries": "retries rc retry retry_count conn_retries connection_retries nb_retries",
        "redispatched": "redispatched redispatch",
        "request": "request http_request req r request_line raw_request_line requestline captured_request http_req",
        "bytes": "bytes bytes_read b_read bytes_sent body_bytes_sent response_bytes response_size size bytesread bytes_out "
        "resp_bytes res_bytes",
        "timers": "timers timer timing timings times tm t time_events durations",
        "conns": "conns conn connections connection_counts c counters conn_counts",
        "queues": "queues queue q queue_counts",
        "actconn": "actconn ac act_conn active_connections process_concurrent_connections actconns active_conn",
        "feconn": "feconn fc fe_conn frontend_connections frontend_concurrent_connections feconns frontend_conn",
        "beconn": "beconn bc be_conn backend_connections backend_concurrent_connections beconns backend_conn",
        "srv_conn": "srv_conn srvconn sc server_connections server_concurrent_connections srvconns server_conn",
        "srv_queue": "srv_queue sq server_queue srvqueue",
        "backend_queue": "backend_queue bq be_queue backendqueue bckqueue",
        "TR": "time_request tr_ms time_to_receive time_client_req client_request_send_time request_time_ms "
        "http_request_time_wait_ms time_receive req_time tq tq_ms t_request request_receive_time timer_tr timer_tq time_tr "
        "time_tq http_request_send_time timers_tr timers_tq client_request_time",
        "Tw": "tw tw_ms time_queue queue_time time_queued time_wait total_waiting_time_ms queue_wait wait_time time_waiting "
        "queue_wait_time time_tw timer_tw t_queue timers_tw queue_ms queue_time_ms time_spent_in_queue",
        "Tc": "tc tc_ms time_connect connect_time connection_time time_backend_connect connection_wait_time_ms connect "
        "time_backend_conn backend_connect_time time_tc timer_tc t_connect timers_tc connect_ms connect_time_ms "
        "server_connect_time",
        "Tr": "tr response_time time_response time_backend_response time_server server_response_time "
        "http_request_time_wait_without_data_ms time_tr_response timer_tr_response time_backend_resp t_response "
        "response_time_ms response_ms time_server_response http_response_time",
        "Ta": "ta ta_ms time_active active_time total_active_time http_request_time_active_ms time_ta timer_ta timers_ta "
        "client_request_active_time http_request_time_total time_active_ms request_active_time",
        "Tt": "tt tt_ms time_total total_time session_duration time_duration duration duration_ms session_time "
        "total_time_ms time_tt timer_tt t_total total elapsed_ms timers_tt time_total_ms total_ms time_session",
        "term_events": "term_events",
        "fc_err": "fc_err fc_err_name",
        "bc_err": "bc_err bc_err_name",
        "accepted": "accept_date request_date time timestamp date datetime time_local accept_time request_time_local date_time "
        "timestamp_local time_iso8601 local_time accept_timestamp start_time",
        "mode": "mode proxy_mode",
    }.items()
    for name in names.split()
}
_EXACT = {"TR": "TR", "Tq": "TR", "Tw": "Tw", "Tc": "Tc", "Tr": "Tr", "Ta": "Ta", "Tt": "Tt", "ST": "status", "B": "bytes",
          "TW": "Tw", "TC": "Tc", "TA": "Ta", "TT": "Tt"}  # fmt: skip
_MESSAGES = ("message", "msg", "log", "line", "_raw", "event.original", "textpayload", "body", "log.original", "content",
             "@message", "raw", "event", "rawmessage", "original", "data", "text", "entry", "_msg")  # fmt: skip

_PAIR = re.compile(
    r"""(?:(?<=[\s,;|{(\[\0])|^)["']?(?P<key>[A-Za-z_@][\w@.%-]{0,60})["']?(?:=|:[ ]?|\ =\ |\ :\ )"""
    r"""(?:"(?P<dq>(?:[^"\\]++|\\.)*+)"?|'(?P<sq>[^']*+)'?|(?P<bare>/[^\s"]*+|\{[\w,-]{0,80}\}|[^\s,;|"'{}\[\]()]++))"""
    r"""|"(?:[^"\\]++|\\.)*+"(?![ ]?:)"""
    r"""|(?<![^\s,;|])\{(?!["'\s])[^{}"]*+\}|(?<![^\s,;|])(?:[a-z]{2,10}:/)?/\S*+"""
)


def flatten(value: Any, path: str = "", depth: int = 0) -> Iterator[tuple[str, Any]]:
    """The leaves of a JSON value with their dotted paths, outermost first."""
    if isinstance(value, dict) and depth < 8:
        for key, item in value.items():
            yield from flatten(item, f"{path}.{key}" if path else str(key), depth + 1)
    elif isinstance(value, list) and depth < 8:
        for item in value[:50]:
            yield from flatten(item, path, depth + 1)
    else:
        yield path, value


def decode_object(text: str) -> dict[str, Any] | None:
    """The JSON object that `text` holds, between its first `{` and its last `}`; None where there is none."""
    start, end = text.find("{"), text.rfind("}")
    if start < 0 or end <= start or not re.match(r'\{\s*"', text[start : start + 40]):
        return None
    for cut in (text[start : end + 1], re.sub(r'(?<=[:\[,])\s*\+(?=\d)', "", text[start : end + 1])):
        try:
            found = msgspec.json.decode(cut)
        except (msgspec.DecodeError, UnicodeError, RecursionError):
            continue
        return found if isinstance(found, dict) else None
    return None


def messages(leaves: list[tuple[str, Any]]) -> Iterator[str]:
    """The texts of a record that may be a log line themselves, the usual keys first."""
    texts = [(path.casefold(), value) for path, value in leaves if isinstance(value, str) and len(value) > 10]
    for path, value in texts:
        if path in _MESSAGES or path.rpartition(".")[2] in _MESSAGES:
            yield value
    for path, value in texts:
        if path.startswith(("values", "streams")):
            yield value


def pairs(text: str) -> list[tuple[str, str]]:
    """The key=value pairs of `text` outside of quoted strings and URLs."""
    found = []
    for match in _PAIR.finditer(text):
        if match["key"]:
            quoted = match["dq"] if match["dq"] is not None else match["sq"]
            value = match["bare"] if quoted is None else re.sub(r"\\(.)", r"\1", quoted)
            found.append((match["key"], value))
    return found


@lru_cache(2000)
def field_of(key: str) -> str | None:
    """Which field a key names: by its last part first, then by its whole path."""
    last = key.rpartition(".")[2]
    if last in _EXACT:
        return _EXACT[last]
    snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z][a-z])", "_", key).casefold().replace("-", "_").replace("@", "").replace("%", "")
    parts = snake.split(".")
    for start in range(len(parts)):
        name = "_".join(parts[start:])
        if name in _NAMES:
            return _NAMES[name]
        for prefix in ("haproxy_", "hap_", "ha_"):
            if name.startswith(prefix) and name.removeprefix(prefix) in _NAMES:
                return _NAMES[name.removeprefix(prefix)]
    return None


def named(leaves: list[tuple[str, Any]]) -> Fields:
    """The fields that keys name. A key that names a field with a value it cannot have is passed over."""
    fields: Fields = {}
    timers: dict[str, int] = {}
    for key, value in leaves:
        field = field_of(key)
        if field is not None and not (isinstance(value, bool) or value is None):
            _put(fields, timers, field, value)
    if timers:
        _settle_timers(fields, timers)
    return fields


def _put(fields: Fields, timers: dict[str, int], field: str, value: Any) -> None:
    text = str(value).strip()
    if field == "state":
        state = spelled(text)
        if state is not None and len(state) > len(fields.get("termination_state", "")):
            fields["termination_state"] = state
    elif field == "status":
        number = whole(value)
        if number is not None and (number in (-1, 0) or 100 <= number <= 999):
            fields.setdefault("status", number)
    elif field in ("frontend", "backend", "server", "backend_server"):
        _put_name(fields, field, text)
    elif field == "retries":
        if "retries" not in fields:
            put_retries(fields, text)
    elif field == "redispatched":
        fields["redispatched"] = text.casefold() in ("1", "true", "yes", "+")
    elif field == "bytes":
        if "bytes_read" not in fields:
            put_bytes(fields, text)
    elif field == "request":
        if re.match(r"[A-Z][A-Z-]{1,19} \S|<BADREQ>$", text):
            fields.setdefault("request", text)
    elif field in ("timers", "conns", "queues"):
        _put_group(fields, field, text)
    elif field in HTTP_TIMERS or field == "Tt":
        number = whole(value)
        if number is not None:
            timers.setdefault(field, number)
            if text.startswith("+"):
                fields["logasap"] = True
    elif field in ("actconn", "feconn", "beconn", "srv_conn"):
        if (number := whole(value)) is not None:
            fields.setdefault("connections", {}).setdefault(field, number)
    elif field in ("srv_queue", "backend_queue"):
        if (number := whole(value)) is not None:
            fields.setdefault("queues", {}).setdefault(field, number)
    elif field == "mode":
        if text.casefold() in ("http", "tcp"):
            fields["mode"] = text.casefold()
    elif field == "accepted":
        if len(text) < 40 and re.match(r"\[?\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d|\d{4}-\d\d-\d\d[T ]\d\d:\d\d", text):
            fields.setdefault(field, text.strip("[]"))
    elif field in ("term_events", "fc_err", "bc_err") and text not in ("", "-"):
        fields.setdefault(field, text)


def _put_name(fields: Fields, field: str, text: str) -> None:
    backend, slash, server = text.partition("/")
    if slash and field != "frontend" and backend and server and "/" not in server:
        fields.setdefault("backend", backend)
        fields.setdefault("server", server)
    elif field != "backend_server" and text and not re.search(r"\s|/", text):
        fields.setdefault(field, text)


def _put_group(fields: Fields, field: str, text: str) -> None:
    values = text.split("/")
    if not all(re.fullmatch(r"[+-]?\d{1,15}", v) for v in values):
        return
    if field == "timers":
        put_timers(fields, values, tcp=len(values) in (3, 4))
    elif field == "conns" and len(values) == 5:
        put_connections(fields, values)
    elif field == "queues" and len(values) == 2:
        put_queues(fields, values)


def _settle_timers(fields: Fields, timers: dict[str, int]) -> None:
    """HTTP's total is `Ta`, or `Tt` where a format logs the old one; TCP has Tw, Tc, Tt alone."""
    http = bool({"TR", "Tr", "Ta"} & set(timers)) or "status" in fields or len(fields.get("termination_state", "")) == 4
    http = http and fields.get("mode") != "tcp"
    if http and "Ta" not in timers and "Tt" in timers:
        timers["Ta"] = timers.pop("Tt")
    order = HTTP_TIMERS if http else ("Tw", "Tc", "Tt")
    fields["timers"] = {name: timers[name] for name in order if name in timers}
