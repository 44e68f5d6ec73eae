"""Log lines for the tests: real ones of a live HAProxy, what pipelines wrap around them, what chats do to them, and noise."""

# ruff: noqa: E501  log lines are long

import json
from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import Any

LIVE: list[dict[str, Any]] = [
    json.loads(line) for line in (Path(__file__).parent / "data" / "live_lines.jsonl").read_text("utf-8").splitlines()
]
"""`format`, `line` as HAProxy 2.6 sent it, and `want`: what it really had, from structured data of the same record."""

STAMP = "2026-11-24T03:12:45.101+00:00"

WRAPPINGS: dict[str, Callable[[str], str]] = {
    "bare": lambda s: s,
    "rfc3164": lambda s: f"Nov 24 03:12:45 lb1 haproxy[812]: {s}",
    "priority": lambda s: f"<134>Nov 24 03:12:45 haproxy[812]: {s}",
    "rfc5424": lambda s: f"<134>1 {STAMP} lb1 haproxy 812 - - {s}",
    "rfc5424-sd": lambda s: f'<134>1 {STAMP} lb1 haproxy 812 - [origin@1 software="rsyslogd" x="cD--"] {s}',
    "iso": lambda s: f"{STAMP} lb1 haproxy[812]: {s}",
    "journalctl": lambda s: f"Nov 24 03:12:45 lb1.example.com haproxy[812]: {s}",
    "journald-json": lambda s: json.dumps(
        {"_HOSTNAME": "lb1", "PRIORITY": "6", "SYSLOG_IDENTIFIER": "haproxy", "MESSAGE": s, "_PID": "812"}
    ),
    "docker": lambda s: json.dumps({"log": f"<134>Nov 24 03:12:45 haproxy[8]: {s}\n", "stream": "stdout", "time": STAMP}),
    "cri": lambda s: f"{STAMP} stdout F {s}",
    "kubectl": lambda s: f"[pod/haproxy-ingress-7c9b/haproxy] {STAMP} {s}",
    "compose": lambda s: f"haproxy-1  | {s}",
    "filebeat": lambda s: json.dumps(
        {"@timestamp": STAMP, "agent": {"type": "filebeat"}, "log": {"file": {"path": "/var/log/haproxy.log"}}, "message": s}
    ),
    "fluentbit": lambda s: json.dumps({"date": 1795500000.1, "log": s, "kubernetes": {"pod_name": "haproxy-0"}}),
    "fluentd": lambda s: f"{STAMP} haproxy.log: " + json.dumps({"message": s}),
    "loki": lambda s: json.dumps({"streams": [{"stream": {"job": "haproxy"}, "values": [["1795500000101000000", s]]}]}),
    "loki-line": lambda s: json.dumps({"labels": {"app": "haproxy"}, "line": s, "timestamp": STAMP}),
    "datadog": lambda s: json.dumps({"message": s, "status": "info", "service": "haproxy", "ddtags": "env:prod,state:CH"}),
    "gcp": lambda s: json.dumps({"textPayload": s, "severity": "INFO", "resource": {"type": "k8s_container"}}),
    "splunk": lambda s: json.dumps({"preview": False, "result": {"_raw": s, "sourcetype": "haproxy"}}),
    "json-in-json": lambda s: json.dumps({"log": json.dumps({"message": s, "level": "info"}) + "\n", "stream": "stdout"}),
    "escaped-cut": lambda s: json.dumps({"log": s, "stream": "stdout"})[:-8],
    "syslog-ng": lambda s: "Nov 24 03:12:45 lb1 haproxy[812]: " + s.replace('"', '\\"'),
}

CHAT: dict[str, Callable[[str], str]] = {
    "entities": lambda s: escape(s, quote=False),
    "all-entities": escape,
    "entities-twice": lambda s: escape(escape(s, quote=False), quote=False),
    "em-dash": lambda s: s.replace("--", "—"),
    "en-dash": lambda s: s.replace("--", "–-").replace(" - ", " – "),
    "word-dash": lambda s: s.replace(" - ", " – ").replace("--", "—"),
    "non-breaking": lambda s: s.replace("-", "‑"),
    "minus": lambda s: s.replace("-1", "−1"),
    "smart-quotes": lambda s: "”".join("“".join(s.split('"', 1)).rsplit('"', 1)),
    "fence": lambda s: f"```\n{s}\n```",
    "fence-log": lambda s: f"```log\n{s}```",
    "code": lambda s: f"`{s}`",
    "quote": lambda s: f"> {s}",
    "quote-entity": lambda s: f"&gt; {s}",
    "spaces": lambda s: s.replace(" ", "\u00a0"),
    "double-spaces": lambda s: s.replace(" ", "  "),
    "zero-width": lambda s: "\u200b" + s.replace("/", "/\u200b", 1),
    "link": lambda s: s.replace("shop.example.com", "<http://shop.example.com|shop.example.com>"),
    "markdown": lambda s: s.replace("_", "\\_").replace("<NOSRV>", "\\<NOSRV\\>"),
    "crlf": lambda s: s + "\r\n",
    "leading": lambda s: f"   {s}  ",
    "bold": lambda s: f"*{s}*",
}

NOISE: list[str] = [
    "",
    "hello, can somebody look at this?",
    "Server app/s1 is DOWN, reason: Layer4 connection problem, info: \"Connection refused\", check duration: 0ms. 1 active and 0 backup servers left. 3 sessions active, 0 requeued, 0 remaining in queue.",
    "Nov 24 03:12:45 lb1 haproxy[812]: Server app/s1 is UP, reason: Layer7 check passed, code: 200, check duration: 1ms. 2 active and 0 backup servers online. 0 sessions requeued, 0 total in queue.",
    "Nov 24 03:12:45 lb1 haproxy[812]: backend app has no server available!",
    "Nov 24 03:12:45 lb1 haproxy[812]: Proxy web started.",
    "[WARNING]  (441) : Server app/s1 was DOWN and now enters maintenance.",
    "[NOTICE]   (1) : New worker (8) forked",
    "[ALERT]    (1) : parsing [/etc/haproxy/haproxy.cfg:12] : unknown keyword 'tsc' in 'frontend' section",
    "Nov 24 03:12:45 lb1 haproxy[812]: Connect from 198.51.100.7:33312 to 203.0.113.9:8012 (www/HTTP)",
    "Nov 24 03:12:45 lb1 haproxy[812]: 198.51.100.7:56059 [24/Nov/2026:03:12:45.380] frt/f1: Connection error during SSL handshake",
    "Nov 24 03:12:45 lb1 haproxy[812]: 198.51.100.7:56059 [24/Nov/2026:03:12:45.380] web/1: SSL handshake failure",
    "198.51.100.7:56059 [24/Nov/2026:03:12:45.380] web~ 3/2 13/0A000086/0/0/0 shop.example.com/TLSv1.3/-",
    "Health check for server app/s1 failed, reason: Layer7 wrong status, code: 503, check duration: 3ms, status: 2/3 UP.",
    '198.51.100.7 - - [24/Nov/2026:03:12:45 +0000] "GET / HTTP/1.1" 200 612 "-" "curl/8.5.0"',
    '198.51.100.7 - frank [24/Nov/2026:03:12:45 +0000] "GET /?state=cD-- HTTP/1.1" 503 0 "https://example.com/----" "sC-- 1/1/1/1/1 0/0"',
    '2026/11/24 03:12:45 [error] 31#31: *7 connect() failed (111: Connection refused) while connecting to upstream, client: 198.51.100.7, server: example.com, request: "GET / HTTP/1.1", upstream: "http://192.0.2.5:80/"',
    "[Tue Nov 24 03:12:45.123456 2026] [proxy:error] [pid 812] (111)Connection refused: AH00957: http: attempt to connect to 192.0.2.5:80 failed",
    '[2026-11-24T03:12:45.101Z] "GET / HTTP/1.1" 503 UF,URX 0 91 5001 - "-" "curl/8" "5c0e" "example.com" "192.0.2.5:80" outbound|80||app -',
    '[2026-11-24T03:12:45.101Z] "GET / HTTP/1.1" 503 LR 0 91 1 - "-" "curl/8" "5c0e" "example.com" "-"',
    '[2026-11-24T03:12:45.101Z] "- - -" 0 UH 0 0 0 - "-" "-" "-" "-" "-"',
    '[2026-11-24T03:12:45.101Z] "GET / HTTP/1.1" 0 DC 0 0 3000 - "-" "-" "-" "-" "192.0.2.5:80"',
    '198.51.100.7 - - [24/Nov/2026:03:12:45 +0000] "GET / HTTP/1.1" 502 11 "-" "-" 7 "shop@docker" "http://192.0.2.5:80" 3ms',
    "https 2026-11-24T03:12:45.101Z app/lb/50dc6c495c0c9188 198.51.100.7:2817 192.0.2.5:80 0.000 0.001 0.000 200 200 34 366 \"GET https://example.com:443/ HTTP/1.1\" \"curl/8\"",
    "1795500000.123   5007 198.51.100.7 TCP_MISS/200 1234 GET http://example.com/ - HIER_DIRECT/192.0.2.5 text/html",
    "Nov 24 03:12:45 host kernel: [UFW BLOCK] IN=eth0 OUT= SRC=198.51.100.7 DST=192.0.2.5 LEN=40 PROTO=TCP SPT=443 DPT=52144 FLAGS=SC",
    "Nov 24 03:12:45 host sshd[811]: Failed password for root from 198.51.100.7 port 4711 ssh2",
    "Nov 24 03:12:45 host CRON[811]: (root) CMD (run-parts /etc/cron.hourly -- --verbose)",
    "2026-11-24 03:12:45,101 INFO STOP DROP 200 12 SHIP",
    "2026-11-24T03:12:45Z INFO request finished method=GET path=/x status=200 country=CH duration=12ms",
    '{"level":"info","msg":"request","status":200,"country":"CH","ua":"sC-- 1/1/1/1/1 0/0"}',
    '{"level":"error","msg":"pod CD failed","code":"PR","namespace":"SH"}',
    "git log --oneline -- README.md",
    "| state | count |\n|-------|-------|",
    "---",
    "-- ",
    "------ 8< ------",
    "total 24\ndrwxr-xr-x 2 root root 4096 Nov 24 03:12 .",
    "Traceback (most recent call last):\n  File \"a.py\", line 3, in <module>",
    "01/02/2026 03/04/2026 1/2/3/4/5 5/4/3/2/1",
    "2026-11-24 03:12:45.101 UTC [812] LOG:  checkpoint complete: wrote 12 buffers (0.1%); 0 WAL file(s) added",
    "10.5/3/2 CD 12/3/4",
    "PR 123 was merged, CD is green, SC: LR",
    "frontend web\n    bind :443\n    log-format \"%ci:%cp [%tr] %ft %b/%s %TR/%Tw/%Tc/%Tr/%Ta %ST %B %CC %CS %tsc %ac/%fc/%bc/%sc/%rc\"",
]  # fmt: skip
