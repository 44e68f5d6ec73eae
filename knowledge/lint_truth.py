"""Lint rules on evidence: examples that our own parser reads back, sources, addresses, what live HAProxies logged."""

import re
from collections.abc import Iterator
from datetime import date
from ipaddress import ip_address, ip_network

from knowledge.evidence import for_pair, scenarios
from knowledge.lint import Subject, rule
from knowledge.logline import read_line
from knowledge.model import Cookie, State
from knowledge.status_fit import keeps_server_status

Places = Iterator[tuple[str, str]]

_ADDRESS = re.compile(r"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])")
_ALLOWED = [
    ip_network(n) for n in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "127.0.0.0/8", "0.0.0.0/32")
]  # fmt: skip


@rule(
    "HK104",
    "Examples are real",
    "Every example line, read by our own parser, yields the code of its entry: an example that the bot itself "
    "would misread teaches nonsense.",
)
def examples(subject: Subject) -> Places:
    for entry in subject.base:
        if isinstance(entry, State | Cookie):
            if not entry.examples:
                yield entry.id, "has no example line"
            for number, example in enumerate(entry.examples, 1):
                state = read_line(example.line).termination_state or ""
                found = state[:2] if isinstance(entry, State) else state[2:]
                if found != entry.code:
                    yield entry.id, f"examples[{number}] reads as {state or 'no state'}"


@rule(
    "HK111",
    "Sources are named and dated",
    "Every entry says where its facts come from, for which version, and when somebody looked.",
)
def sources(subject: Subject) -> Places:
    for entry in subject.base:
        if not entry.sources:
            yield entry.id, "names no source"
        for source in entry.sources:
            try:
                date.fromisoformat(source.checked)
            except ValueError:
                yield entry.id, f"source {source.doc}: checked is not a date: {source.checked!r}"


@rule("HK112", "Version bounds are in order", "since ≤ until, both quoted version numbers.")
def version_order(subject: Subject) -> Places:
    for entry in subject.base:
        bounded = [entry, *getattr(entry, "statuses", ())]
        for item in bounded:
            since, until = getattr(item, "since", ""), getattr(item, "until", "")
            if since and until and [int(p) for p in since.split(".")] > [int(p) for p in until.split(".")]:
                yield entry.id, f"since {since} is later than until {until}"


@rule(
    "HK113",
    "Documentation addresses",
    "Only addresses from the documentation ranges (192.0.2.0/24, 198.51.100.0/24, 203.0.113.0/24): an example "
    "must not point at somebody's machine.",
)
def addresses(subject: Subject) -> Places:
    for name, content in subject.files.items():
        for found in _ADDRESS.findall(content):
            try:
                address = ip_address(found)
            except ValueError:
                continue
            if not any(address in network for network in _ALLOWED):
                yield name, f"has the address {found}"


@rule(
    "HK501",
    "Statuses agree with the evidence",
    "Every status that a live HAProxy logged with a pair is in its entry, unless the status is the server's own.",
)
def statuses(subject: Subject) -> Places:
    for entry in subject.base.states.values():
        if keeps_server_status(entry.code):
            continue
        logged = {(r.status, r.version, r.scenario) for r in for_pair(entry.code) if r.status is not None}
        known = {s.logged for s in entry.statuses}
        for status, version, scenario in sorted(logged):
            if status not in known:
                yield entry.id, f"logged {status} on {version} in {scenario}, which statuses does not name"


@rule("HK502", "Proofs exist", "A remedy's proof names scenarios that ran.")
def proofs(subject: Subject) -> Places:
    for entry in subject.base:
        for number, fix in enumerate(getattr(entry, "fixes", ()), 1):
            for name in fix.proof:
                if name not in scenarios():
                    yield entry.id, f"fixes[{number}].proof names {name}, which no evidence has"


@rule("HK503", "Recorded, or said why not", "A documented state without a recorded run says why.")
def recorded(subject: Subject) -> Places:
    for entry in subject.base.states.values():
        if entry.documented and not for_pair(entry.code) and entry.unproven is None:
            yield entry.id, "has no recorded run and does not say why (unproven)"


@rule("HK902", "Sources are fresh", "A fact that nobody has looked at for a year deserves a look.", "advice")
def fresh(subject: Subject) -> Places:
    for entry in subject.base:
        for source in entry.sources:
            if (date.today() - date.fromisoformat(source.checked)).days > 366:
                yield entry.id, f"source {source.doc} was checked on {source.checked}"
