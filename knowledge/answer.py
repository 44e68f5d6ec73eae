"""Question → Answer: the one place that decides what is said."""

import re

import msgspec

from knowledge import choice_answers, entry_answers
from knowledge.answer_model import Action, Answer, Bullets, Match, Para
from knowledge.base import KnowledgeBase
from knowledge.language import detect, sentences
from knowledge.model import Cookie, Language, Letter, Message, State, TimerEntry
from knowledge.question import Question, read
from knowledge.search import SearchResult, index
from knowledge.state_answer import state_actions, state_answer

SAY = sentences("answer").say
HELP_EXAMPLES: dict[Language, tuple[str, ...]] = {
    "en": ("cD", "504 sC", "backend is fine but 503 NOSRV", "sC vs SC", "502"),
    "zh": ("cD", "504 sC", "客户端上传大文件时断开", "sC 和 SC 的区别", "502"),
}


def answer(base: KnowledgeBase, text: str, language: Language | None = None) -> Answer:
    """What is said to `text` (anything a person may type or paste), in `language`, else in the text's own, else English.

    Never raises on any text; the time is linear in its length.
    """
    question = read(text, base)
    return answer_question(base, question, language or detect(question.text) or "en")


def answer_question(base: KnowledgeBase, question: Question, language: Language) -> Answer:
    """What is said to a question that has been read already."""
    match question.kind:
        case "state":
            found = state_answer(base, question.state, question.status, language)
            return _read_as(found, question, language) if question.wrong else found
        case "cookie" if len(question.state) == 4:
            return entry_answers.cookie_answer(base, question.state[2:], language, state=question.state)
        case "letter" | "cookie" | "timer" | "message":
            return entry_answer(base, question.ids, language)
        case "compare":
            return choice_answers.compare_answer(base, question.ids, language)
        case "choice":
            return choice_answers.choice_answer(base, question.ids, question.text, language)
        case "fault":
            return choice_answers.fault_answer(base, question.wrong, language)
        case "status":
            return choice_answers.status_answer(base, question.status or 0, question.text, language)
        case "directive":
            return choice_answers.directive_answer(base, question.directive, language)
        case "events":
            from knowledge.events_answer import events_answer

            return events_answer(base, question.text, language)
        case "line" | "paste":
            from knowledge.line_answer import lines_answer

            return lines_answer(base, question, language)
        case "help" | "empty":
            return help_answer(language)
        case "list":
            return list_answer(base, language)
        case "words":
            return words_answer(base, index(base).find(question.text), question.text, language)


def _read_as(answer: Answer, question: Question, language: Language) -> Answer:
    """The answer to a code of which only one spelling is legal, and that it was not typed so: case is never passed over."""
    note = Para(SAY(language, "read_as", typed=question.wrong, code=question.state))
    return msgspec.structs.replace(answer, summary=(answer.summary[0], note, *answer.summary[1:]))


def entry_answer(base: KnowledgeBase, ids: tuple[str, ...], language: Language) -> Answer:
    """The answer to an entry that is named by its id; letters may come with several ids, one per position."""
    entry = base.get(ids[0])
    match entry:
        case Letter():
            return entry_answers.letter_answer(base, ids, language)
        case TimerEntry():
            return entry_answers.timer_answer(base, entry, language)
        case Message():
            return entry_answers.message_answer(base, entry, language)
        case Cookie():
            return entry_answers.cookie_answer(base, entry.code, language)
        case State():
            return state_answer(base, entry.code, None, language)
        case None:
            if ids[0].startswith("cookie:"):
                return entry_answers.cookie_answer(base, ids[0].removeprefix("cookie:"), language)
            return state_answer(base, ids[0], None, language)


def words_answer(base: KnowledgeBase, found: SearchResult, text: str, language: Language) -> Answer:
    """The best entry for words, or up to three with what tells them apart, or plainly nothing."""
    if found.outcome == "nothing":
        if re.fullmatch(r"[A-Za-z-]{2,4}", text.strip()):
            return choice_answers.fault_answer(base, text.strip(), language)
        return nothing_answer(text, language)
    if found.outcome == "several":
        return choice_answers.several_answer(base, found.hits, text, language)
    best = entry_answer(base, (found.hits[0][0],), language)
    matches = tuple(
        Match(id, choice_answers.title_of(base, id, language), round(score, 3)) for id, score in found.hits
    )
    summary = best.summary
    near = tuple(m for m in matches[1:3] if m.score > 0)
    if near:
        others = tuple(f"[[{m.id}]] {m.title}" for m in near)
        summary = (*summary, Bullets(others, SAY(language, "search_others")))
    related = tuple(m.id for m in near)
    return msgspec.structs.replace(
        best, kind="search", matches=matches, summary=summary, question=text,
        actions=state_actions(base, text, related, language),
    )  # fmt: skip


def nothing_answer(text: str, language: Language) -> Answer:
    """Nothing fits, said plainly, with how to ask."""
    parts = (Para(SAY(language, "nothing_text")), Para(SAY(language, "nothing_next")))
    asks = tuple(Action("ask", example, example, language) for example in HELP_EXAMPLES[language][:3])
    return Answer("nothing", language, SAY(language, "nothing_title"), text, parts, (), asks)


def help_answer(language: Language) -> Answer:
    """What can be asked, with examples to click."""
    keys = ("help_code", "help_status", "help_words", "help_line", "help_compare", "help_language")
    parts = (Para(SAY(language, "help_lead")), Bullets(tuple(SAY(language, key) for key in keys)))
    asks = tuple(Action("ask", example, example, language) for example in HELP_EXAMPLES[language])
    other: Language = "en" if language == "zh" else "zh"
    toggle = Action("language", SAY(language, "action_language"), "help", other)
    return Answer("help", language, SAY(language, "help_title"), "help", parts, (), (*asks, toggle))


def list_answer(base: KnowledgeBase, language: Language) -> Answer:
    """Every state with an entry of its own, in table order."""
    items = tuple(f"[[{s.code}]] {s.title.get(language)}" for s in base.states.values())
    matches = tuple(Match(s.code, s.title.get(language)) for s in base.states.values())
    parts = (Bullets(items), Para(SAY(language, "list_composed")))
    return Answer("list", language, SAY(language, "list_title"), "list", parts, (), (), matches)
