"""Log lines as JSON lines, the contract of `haflag decode`: one object per line, in order."""

import re
from typing import Any

import msgspec

from knowledge.logline import read_record
from knowledge.logrecord import LogLine

_NUMBER = rb"(-1|0|[1-9]\d*+)"
_COUNT = rb"(0|[1-9]\d*+)"
_HEAD = rb"^(?>(?:[^\[\n\"{]*+\[(?!\d\d/[A-Z]))*)[^\[\n\"{]*+\[([0-9A-Za-z/:.]{11,24}+)\] ([\w.:~-]++) ([\w.:-]++)/([\w.:<>-]++) "
_RETRIES = rb" \d++/\d++/\d++/\d++/" + _COUNT + rb" \d++/\d++"
_HTTP = re.compile(
    _HEAD + rb"/".join([_NUMBER] * 4) + rb"/" + _COUNT + rb' (-1|[1-9]\d\d) \d++ [^ \n"{}]++ [^ \n"{}]++ '
    + rb"([-LcCsSPRIDKU][-RCHDLQT][-NIDVEOU][-NPDIRU])" + _RETRIES + rb"(?>(?: \{[^{}\"\n]*+\}){0,2})"
    + rb' "([A-Z-]++ [ !#-\[\]-~]*+|<BADREQ>)"(?>(?: [^ \n"{}]++){0,3})$|^([^\n]*+)$',
    re.MULTILINE | re.ASCII,
)  # fmt: skip
_TCP = re.compile(
    _HEAD + _NUMBER + rb"/" + _NUMBER + rb"/" + _COUNT + rb" \d++ ([-LcCsSPRIDKU][-RCHDLQT])" + _RETRIES + rb"$", re.ASCII
)
_NAMES = b'{"accepted":"%b","frontend":"%b","backend":"%b","server":"%b",'
_AS_HTTP = _NAMES + (
    b'"timers":{"TR":%b,"Tw":%b,"Tc":%b,"Tr":%b,"Ta":%b},"status":%b,"termination_state":"%b","retries":%b,'
    b'"redispatched":false,"request":"%b","mode":"http"}%b'
)
_AS_TCP = _NAMES + (
    b'"timers":{"Tw":%b,"Tc":%b,"Tt":%b},"termination_state":"%b","retries":%b,"redispatched":false,"mode":"tcp"}'
)

_encode = msgspec.json.Encoder().encode


def to_object(line: LogLine) -> dict[str, Any]:
    """The JSON object of a line: `termination_state` always (None: the line has none), the rest where the line has it."""
    found: dict[str, Any] = {"termination_state": line.termination_state}
    for name in ("status", "mode"):
        if (value := getattr(line, name)) is not None:
            found[name] = value
    if line.timers:
        found["timers"] = line.timers
    for name in ("frontend", "backend", "server"):
        if (value := getattr(line, name)) is not None:
            found[name] = value
    if line.retries is not None:
        found["retries"], found["redispatched"] = line.retries, line.redispatched
    for name in ("request", "accepted", "term_events", "fc_err", "bc_err", "notice", "foreign"):
        if (value := getattr(line, name)) is not None:
            found[name] = value
    if line.logasap:
        found["logasap"] = True
    return found


def decode_line(raw: bytes) -> bytes:
    """One log line as one JSON object, without a newline."""
    tcp = _TCP.match(raw)
    if tcp is not None:
        return _AS_TCP % tcp.groups()
    return _encode(to_object(read_record(raw.decode("utf-8", "replace"))))


def decode_block(block: bytes) -> bytes:
    """Whole lines (the last may lack its newline) as JSON lines: HTTP lines by one expression, the rest one by one."""
    if not block:
        return b""
    if b"\r" in block:
        block = block.replace(b"\r\n", b"\n")
    if b"&amp;" in block or b"<http" in block:  # a request that chat rewrote: line by line, those that have it the long way
        lines = block.removesuffix(b"\n").split(b"\n")
        return b"".join([decode_line(e) + b"\n" if b"&amp;" in e or b"<http" in e else decode_block(e + b"\n") for e in lines])
    found = _HTTP.findall(block, 0, len(block) - block.endswith(b"\n"))
    return b"\n".join([decode_line(row[-1]) if not row[0] else _AS_HTTP % row for row in found]) + b"\n"
