"""Pasted log lines → Answer: one line with what its numbers say, many as a report, other lines plainly as what they are."""

import msgspec

from knowledge.answer_model import Answer, Bullets, Para, Part
from knowledge.base import KnowledgeBase
from knowledge.language import sentences
from knowledge.line_reading import canonical, facts
from knowledge.logline import read_paste
from knowledge.logrecord import LogLine
from knowledge.model import Language
from knowledge.question import Question
from knowledge.report import summarise_lines
from knowledge.state_answer import state_answer

SAY = sentences("line").say


def lines_answer(base: KnowledgeBase, question: Question, language: Language) -> Answer:
    """The answer to a question of kind "line" or "paste"."""
    lines = read_paste(question.text)
    with_state = [line for line in lines if line.termination_state is not None]
    if len(with_state) > 1:
        from knowledge.report_answer import answer

        return answer(base, summarise_lines(lines), language)
    if with_state:
        found = line_answer(base, with_state[0], language)
        if len(lines) == 1:
            return found
        counts = {"lines": len(lines), "other_lines": len(lines) - 1, "states": {with_state[0].termination_state: 1}}
        return msgspec.structs.replace(found, data={**found.data, **counts})
    known = [line for line in lines if line.reason != "none"] or lines or [LogLine()]
    return stateless_answer(base, known[0], language)


def line_answer(base: KnowledgeBase, line: LogLine, language: Language) -> Answer:
    """A line that has a state: the state's own answer, with the facts of this line right after the verdict."""
    state = line.termination_state or "--"
    if line.mode == "tcp":
        state = state[:2]  # `option tcplog clf` writes two dashes more
    own = state_answer(base, state, line.status, language)
    question = canonical(line)
    said = facts(line, language)
    summary: tuple[Part, ...] = own.summary
    if said:
        summary = (*own.summary[:1], Bullets(said, SAY(language, "read")), *own.summary[1:])
    actions = tuple(
        action if action.kind == "ask" else msgspec.structs.replace(action, question=question) for action in own.actions
    )
    data = {**own.data, "line": line_data(line), "facts": list(said)}
    return msgspec.structs.replace(
        own, kind="log", question=question, summary=summary, actions=actions, data=data,
        title=SAY(language, "title", state=line.termination_state, title=own.data.get("title", own.title)),
    )  # fmt: skip


def line_data(line: LogLine) -> dict[str, object]:
    """What a line says, for JSON: nothing of its client, its request, its cookies or its headers."""
    found: dict[str, object] = {"termination_state": line.termination_state}
    for name in ("status", "mode", "frontend", "backend", "server", "retries", "bytes_read"):
        if (value := getattr(line, name)) is not None:
            found[name] = value
    for name in ("timers", "connections", "queues"):
        if value := getattr(line, name):
            found[name] = value
    if line.retries is not None:
        found["redispatched"] = line.redispatched
    return {**found, "confidence": round(line.confidence, 2), "reason": line.reason}


def stateless_answer(base: KnowledgeBase, line: LogLine, language: Language) -> Answer:
    """A line without a state: HAProxy's own notice by its entry, another program's line, or what is missing."""
    data: dict[str, object] = {"line": line_data(line)}
    if line.notice is not None and base.get(line.notice) is not None:
        from knowledge.answer import entry_answer

        found = entry_answer(base, (line.notice,), language)
        return msgspec.structs.replace(found, data={**found.data, **data})
    if line.foreign is not None:
        program = line.foreign if line.foreign != "clf" else "nginx / Apache"
        parts: tuple[Part, ...] = (Para(SAY(language, "foreign_text", program=program)),)
        return Answer("log", language, SAY(language, "foreign_title"), "log", parts, data=data)
    key = {"connect": "connect_text", "handshake": "handshake_text", "notice": "notice_text", "cut": "no_state_cut"}
    parts = (Para(SAY(language, key.get(line.reason, "no_state_fields"))),)
    if line.reason not in ("connect", "notice", "handshake", "cut"):
        parts = (*parts, Para(SAY(language, "no_state_next")))
    if said := facts(line, language):
        parts = (*parts, Bullets(said, SAY(language, "read")))
    return Answer("log", language, SAY(language, "no_state_title"), canonical(line) or "help", parts, data=data)
