"""Every kind of message and window that the bot sends, in both languages, made from real answers: for checks and tests."""

import time
from collections.abc import Iterator
from typing import Any

from bot.listeners.files import with_chart
from bot.listeners.replies import entries
from bot.manifest import SCOPES
from bot.render import forms, home, notes
from bot.render.blocks import message, notice, view
from bot.render.elsewhere import links, overview
from bot.store.records import Note, Stats, TeamSettings
from knowledge.base import KnowledgeBase
from knowledge.model import Language
from knowledge.report import summarise_text
from knowledge.report_answer import answer as report_answer

QUESTIONS = {
    "state": "504 sC", "whole state": "cDNI", "composed": "KC", "letter": "s", "cookie": "--NI", "timer": "Tc",
    "message": "NOSRV", "choice": "cd", "compare": "sC vs SC", "words": "websocket drops after 60s", "status": "502",
    "directive": "timeout tunnel", "fault": "xQ", "help": "help", "list": "list", "nothing": "what is love",
}  # fmt: skip
"""One question for each kind of answer."""
LINE = (
    "Nov 24 03:12:{second:02} lb1 haproxy[812]: 192.0.2.7:51234 [24/Nov/2026:03:12:{second:02}.101] web app/srv{n} "
    "0/0/-1/-1/20004 503 217 - - sC-- 12/12/3/1/3 0/0 \"GET /pay HTTP/1.1\""
)
REFERENCE = "https://haflag.example.com/reference"

Shape = tuple[str, str, dict[str, Any]]
"""A name, "message" or "view", and the payload."""


def shapes(base: KnowledgeBase) -> Iterator[Shape]:
    """Every kind of payload, largest variants included."""
    for language in ("en", "zh"):
        tongue: Language = "zh" if language == "zh" else "en"
        yield from _answers(base, tongue)
        yield from _forms(tongue)
        yield from _homes(base, tongue)


def _answers(base: KnowledgeBase, language: Language) -> Iterator[Shape]:
    some = _notes(5)
    menu = notes.menu(language, "sC")
    log = LINE.format(second=45, n=1)
    for kind, question in {**QUESTIONS, "log": log}.items():
        answer = base.answer(question, language)
        yield f"{kind} {language}", "message", message(answer, below=notes.below(some, language), menu=menu)
        yield f"{kind} {language} window", "view", view(answer, below=notes.below(some, language))
    compared = base.answer(QUESTIONS["compare"], language)
    made = message(compared, menu=menu)
    referred = [*links(REFERENCE, base, entries(compared), language), *overview(REFERENCE, language)]
    yield f"compare with reference {language}", "message", {**made, "blocks": [*made["blocks"], *referred]}
    lines = "\n".join(LINE.format(second=n % 60, n=n % 3) for n in range(90))
    report = with_chart(report_answer(base, summarise_text(lines), language), language)
    yield f"report {language}", "message", message(report, lines_most=40, share=False)
    called = notes.below(some, language, lambda user: "alice")
    shared = message(base.answer("sC", language), below=called, shared_by=some[0].author, menu=menu)
    yield f"shared {language}", "message", shared
    yield f"notice {language}", "message", notice(forms.TALK(language, "admins_only"))
    yield f"notes {language}", "message", {"text": "notes", "blocks": notes.listed(_notes(30), language, lambda note: True)}


def _forms(language: Language) -> Iterator[Shape]:
    yield f"ask {language}", "view", forms.ask(language)
    yield f"ask again {language}", "view", forms.ask(language, text="lunch?", missed=True)
    yield f"note {language}", "view", forms.note(language, "{}", code="sC")
    full: dict[str, Any] = {"code": "sC", "text": "x" * forms.NOTE_CHARACTERS, "url": "https://example.com/runbook"}
    yield f"note edit {language}", "view", forms.note(language, "{}", delete=notes.delete(language, "0" * 32), **full)
    yield f"note new {language}", "view", forms.note(language, "{}")
    yield f"feedback {language}", "view", forms.feedback(language, "{}")


def _homes(base: KnowledgeBase, language: Language) -> Iterator[Shape]:
    yield f"home without store {language}", "view", home.view(home.Page(language), base)
    listed = notes.listed(_notes(8), language, lambda note: True)
    stats = Stats((("state", 1_200), ("nothing", 31)), (("sC", 800), ("cD", 400)), 31, ("why *is* it so slow",), 40, 3)
    page = home.Page(language, "zh", kept=True, notes=listed, more_notes=4, settings=TeamSettings(), stats=stats)
    yield f"home of an admin {language}", "view", home.view(page, base)
    yield f"home {language}", "view", home.view(home.Page(language, kept=True, admin_unknown=True, missing=SCOPES), base)
    yield f"stats {language}", "message", home.stats_message(stats, base, language)


def _notes(count: int) -> tuple[Note, ...]:
    now = int(time.time())
    text = "Our payments database saturates at month end. 支付库月底会打满。 <!channel> & <@U1>"
    url, author = "https://wiki.example.com/runbook", "U0ALICE001"
    return tuple(Note(f"{n:032x}", "T1", "sC", text, url, author, now, now) for n in range(1, count + 1))
