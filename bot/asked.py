"""The last short questions with their answers: under one alert many people ask the same."""

from collections import OrderedDict

from knowledge.answer import answer_question
from knowledge.answer_model import Answer
from knowledge.base import KnowledgeBase
from knowledge.model import Language
from knowledge.question import Question, read

KEPT = 512
SHORT = 120
"""Characters of a question that is kept."""
_PASTED = ("line", "paste", "events")
"""Kinds of question of which nothing is kept, not even in memory."""


class Asked:
    """Reads questions and answers them; an answer that is kept comes again as the same object."""

    def __init__(self, base: KnowledgeBase) -> None:
        self._base = base
        self._kept: OrderedDict[str, tuple[Question, dict[Language, Answer]]] = OrderedDict()

    def read(self, text: str) -> Question:
        """What `text` asks. Never raises."""
        kept = self._kept.get(text)
        if kept is not None:
            self._kept.move_to_end(text)
            return kept[0]
        question = read(text, self._base)
        if len(text) <= SHORT and question.kind not in _PASTED:
            self._kept[text] = question, {}
            if len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return question

    def answer(self, text: str, question: Question, language: Language) -> Answer:
        """The answer to `question`, which `text` was read as. Never raises."""
        kept = self._kept.get(text)
        if kept is None:
            return answer_question(self._base, question, language)
        if language not in kept[1]:
            kept[1][language] = answer_question(self._base, question, language)
        return kept[1][language]
