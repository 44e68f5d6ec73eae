"""Report → Answer: how many failed, the worst explained first, what its sessions have in common, all counts below."""

from typing import Any

from knowledge import queries
from knowledge.answer_model import Action, Answer, Bullets, Heading, Match, Para, Part, Table
from knowledge.base import KnowledgeBase
from knowledge.language import sentences
from knowledge.model import Language, Severity
from knowledge.report import Report, is_normal
from knowledge.state_answer import state_answer

SAY = sentences("report").say
_WEIGHT: dict[Severity | None, float] = {"critical": 10, "warning": 3, "info": 1, "normal": 0.05, None: 1}
_ROWS, _TABLES, _MOMENTS = 8, 3, 24


def answer(base: KnowledgeBase, report: Report, language: Language) -> Answer:
    """What a Report says, in `language`."""
    worst = ranked(base, report)
    data = report_data(base, report, language)
    if not report.states:
        parts = (Para(SAY(language, "nothing_text")),)
        title = SAY(language, "title_nothing", lines=f"{report.lines:,}")
        return Answer("report", language, title, "help", parts, data=data)
    failures = sum(count for _, count in worst)
    counts = SAY(
        language, "counts", lines=f"{report.lines:,}", records=f"{report.records:,}", normal=f"{report.normal():,}",
        others=f"{report.other_lines:,}",
    )  # fmt: skip
    summary: list[Part] = [Para(counts), _table(base, report, worst, language)]
    severity: Severity | None = "normal"
    if worst:
        state = worst[0][0]
        own = state_answer(base, _code(state), None, language)
        severity = own.severity
        summary.append(Heading(SAY(language, "worst", state=f"`{state}` · {own.data.get('title', own.title)}")))
        summary.append(own.summary[0])
        if said := common(report, state, language):
            summary.append(Bullets(said, SAY(language, "common")))
        summary += [part for part in own.summary[1:] if isinstance(part, Para) and part.label][:1]
    key = "title_failures" if failures else "title_normal"
    title = SAY(language, key, failures=f"{failures:,}", records=f"{report.records:,}")
    matches = tuple(
        Match(state[:2], data["explained"][n]["title"], round(count / max(1, failures), 3))
        for n, (state, count) in enumerate(worst)
        if state[:2] not in {s[:2] for s, _ in worst[:n]}
    )
    question = canonical(report)
    return Answer(
        "report", language, title, question, tuple(summary), _details(report, worst, language),
        _actions(question, matches, language), matches, severity, data,
    )  # fmt: skip


def _code(state: str) -> str:
    return state if len(state) == 4 and state[2:] != "--" else state[:2]


def ranked(base: KnowledgeBase, report: Report) -> list[tuple[str, int]]:
    """The failing states, worst first: many sessions of a critical state before more of a harmless one."""

    def weight(item: tuple[str, int]) -> tuple[float, int]:
        entry = base.states.get(item[0][:2])
        return (-item[1] * _WEIGHT[entry.severity if entry else None], -item[1])

    return sorted(report.failures(), key=weight)


def _percent(part: int, whole: int) -> str:
    share = 100 * part / max(1, whole)
    return "100%" if part == whole else f"{share:.1f}%" if share >= 0.1 else "<0.1%"


def _table(base: KnowledgeBase, report: Report, worst: list[tuple[str, int]], language: Language) -> Table:
    rows: list[tuple[str, ...]] = []
    for state, count in worst[:_ROWS]:
        entry = base.states.get(state[:2])
        title = entry.title.get(language) if entry else ""
        statuses = ", ".join(list(report.statuses.get(state, {}))[:2])
        servers = report.servers.get(state, {})
        top = next(iter(servers), "")
        where = f"`{top}` {_percent(servers[top], count)}" if top else ""
        rows.append((f"`{state}`", title, f"{count:,}", _percent(count, report.records), statuses, where))
    if len(worst) > _ROWS:
        rest = sum(count for _, count in worst[_ROWS:])
        text = SAY(language, "more_states", count=len(worst) - _ROWS)
        rows.append(("…", text, f"{rest:,}", _percent(rest, report.records), "", ""))
    if normal := report.normal():
        states = ", ".join(f"`{s}`" for s in list(filter(is_normal, report.states))[:3])
        rows.append((states, SAY(language, "normal_row"), f"{normal:,}", _percent(normal, report.records), "", ""))
    header = tuple(SAY(language, key) for key in ("state", "meaning", "count", "share", "status", "where"))
    return Table(header, tuple(rows), SAY(language, "table"))


def common(report: Report, state: str, language: Language) -> tuple[str, ...]:
    """What the sessions that ended in `state` share: one server or many, one minute, a timer at -1, one frontend."""
    count = report.states[state]
    found: list[str] = []
    if count < 2:
        return ()
    servers = report.servers.get(state, {})
    if servers:
        top, most = next(iter(servers.items()))
        if most == count:
            found.append(SAY(language, "all_server", count=f"{count:,}", server=top))
        elif most >= 0.6 * count:
            found.append(SAY(language, "most_server", share=_percent(most, count), server=top))
        elif len(servers) >= 3:
            found.append(SAY(language, "spread", count=f"{len(servers):,}"))
    moments = [(m.time, m.states[state]) for m in report.over_time.moments if state in m.states]
    if moments and sum(n for _, n in moments) == count:
        time, most = max(moments, key=lambda item: item[1])
        if len(moments) == 1 and report.over_time.unit == "minute" and (len(report.over_time.moments) > 1 or report.lines < 200):
            found.append(SAY(language, "all_minute", time=time.replace("T", " ")))
        elif len(moments) > 2 and most >= 3 * count / len(moments):
            found.append(SAY(language, "peak", time=time.replace("T", " "), count=f"{most:,}"))
    minus = [name for name in ("TR", "Tw", "Tc", "Tr") if report.minus_one.get(state, {}).get(name) == count]
    if minus:
        found.append(SAY(language, "all_minus", timer=minus[0]))
    frontends = report.frontends.get(state, {})
    if len(frontends) == 1 and len({f for row in report.frontends.values() for f in row}) > 1:
        found.append(SAY(language, "all_frontend", frontend=next(iter(frontends))))
    return tuple(found)


def _details(report: Report, worst: list[tuple[str, int]], language: Language) -> tuple[Part, ...]:
    parts: list[Part] = []
    count_of = SAY(language, "count")
    for state, _ in worst[:_TABLES]:
        for table, title, column in (
            (report.statuses, "by_status", "status"), (report.servers, "by_server", "server"),
            (report.frontends, "by_frontend", "frontend"),
        ):  # fmt: skip
            row = table.get(state, {})
            if row and (len(row) > 1 or column == "server"):
                rows = tuple((f"`{name}`", f"{count:,}") for name, count in list(row.items())[:10])
                label = SAY(language, title, state=state)
                parts.append(Table((SAY(language, column), count_of), rows, label))
    failing = [(m.time, sum(n for s, n in m.states.items() if not is_normal(s))) for m in report.over_time.moments]
    busiest = sorted(sorted(failing, key=lambda item: -item[1])[:_MOMENTS])
    if len(failing) > 1 and any(n for _, n in failing):
        top = max(n for _, n in failing)
        rows = tuple((t.replace("T", " "), f"{n:,} " + "█" * max(n > 0, round(12 * n / top))) for t, n in busiest if n)
        parts.append(Table((SAY(language, "time"), count_of), rows, SAY(language, f"over_time_{report.over_time.unit}")))
    if worst:
        parts += queries.parts(worst[0][0][:2], language)
    return tuple(parts)


def _actions(question: str, matches: tuple[Match, ...], language: Language) -> tuple[Action, ...]:
    say = sentences("answer").say
    other: Language = "en" if language == "zh" else "zh"
    return (
        Action("details", say(language, "action_details"), question, language),
        Action("language", say(language, "action_language"), question, other),
        *(Action("ask", f"{m.id} · {m.title}", m.id, language) for m in matches[:3]),
        Action("share", say(language, "action_share"), question, language),
    )


def canonical(report: Report) -> str:
    """The counts in words that can be asked again, without anything private: `state=sH-- count=3 srv=…` per line."""
    lines = []
    for state, count in list(report.states.items())[:12]:
        status = next(iter(report.statuses.get(state, {})), "")
        server = next(iter(report.servers.get(state, {})), "")
        backend, _, name = server.partition("/")
        extra = f" status={status}" if status else ""
        extra += f" be={backend} srv={name}" if name and len(server) <= 60 else ""
        lines.append(f"state={state}{extra} count={count}")
    return "\n".join(lines)


def report_data(base: KnowledgeBase, report: Report, language: Language) -> dict[str, Any]:
    """The JSON of `haflag report --json`: the counts, and the failing states worst first with what they mean."""
    explained: list[dict[str, Any]] = []
    for state, count in ranked(base, report):
        own = state_answer(base, _code(state), None, language)
        explained.append(
            {"state": state, "count": count, "title": own.data.get("title", own.title),
             "verdict": own.data.get("verdict", ""), "severity": own.severity,
             "common": list(common(report, state, language))}
        )  # fmt: skip
    return {**counts(report), "explained": explained}


def counts(report: Report) -> dict[str, Any]:
    """The counts of a Report as JSON-ready builtins."""
    return {
        "lines": report.lines, "other_lines": report.other_lines, "states": report.states,
        "states_by_status": report.statuses, "states_by_server": report.servers, "states_by_frontend": report.frontends,
        "over_time": {
            "unit": report.over_time.unit,
            "counts": [{"time": m.time, "states": m.states} for m in report.over_time.moments],
        },
    }  # fmt: skip
