"""Follow-up questions: "and SC?", "how do I fix it?", "那 503 呢" read together with what the conversation is about."""

import re

import msgspec

from knowledge.answer import answer_question
from knowledge.answer_model import Answer, Bullets, Code, Heading, Para, Part, Table
from knowledge.base import KnowledgeBase
from knowledge.language import sentences
from knowledge.model import Language
from knowledge.question import Question, read
from knowledge.search import index
from knowledge.statuses import status_in

_ANSWER = sentences("answer").say
LONGEST = 80
"""Characters of a follow-up; longer texts speak for themselves."""
SHORT = 16
"""Characters of a text that says nothing by itself and points at nothing either ("why?"), but may mean the subject."""

_LEAD = re.compile(
    r"^\W*(?:and|what about|how about|but|or|also|what if|ok(?:ay)?)\b"
    r"|^\W*(?:那么?|还有|换成|如果(?:是|换成)?|要是|和)|呢\W*$",
    re.IGNORECASE,
)
_ABOUT_ONE = ("state", "log", "search", "cookie", "letter", "timer", "message")
"""Answers that one entry stands behind."""
_CODES = ("state", "cookie", "choice")
_AGAINST = re.compile(r"\b(?:vs|versus|compared|difference|differ|unlike)\b|区别|对比|不同|相比", re.IGNORECASE)
_POINTS = re.compile(r"\b(?:it|its|it's|this|that|these|those|them|there)\b|它|这个?|那个?|上面|此|该", re.IGNORECASE)
_BARE = re.compile(
    r"^\W*(?:what(?:'s| is| does)? (?:this|that|it)(?: mean)?|this|that|explain(?: (?:this|that|it))?"
    r"|please|help here|thoughts|any idea"
    r"|(?:请|帮忙|帮我)?(?:看看|看一下|看下|解释|解释一下|分析|分析一下|解读|解读一下)?"
    r"(?:这个|这条|这是|上面|上面这个|上面这条)?(?:是?什么(?:意思)?|啥意思|怎么回事)?)\W*$",
    re.IGNORECASE,
)
_SECTIONS = (
    ("fixes", r"\b(?:fix\w*|solve\w*|chang\w*|cure\w*|config\w*|prevent\w*|workaround|avoid|raise|set)\b"
              r"|修|改|解决|处理|怎么办|怎么弄|配置|止血|根治|避免|调"),
    ("checks", r"\b(?:check\w*|debug\w*|diagnos\w*|verify|command|look|confirm\w*|prove)\b|查|命令|验证|确认|定位|抓包"),
    ("timers", r"\b(?:timers?|T[qwcrdtaRh])\b|计时|耗时"),
    ("statuses", r"\b(?:status(?:es)?|http code)\b|状态码"),
    ("page", r"\b(?:normal|page|wake|serious|worry|harmless|noise|urgent|bad|ignore)\b|正常|叫人|严重|要紧|噪音|忽略|紧急|报警"),
    ("changes", r"\bversions?\b|版本"),
    ("examples", r"\b(?:examples?|log lines?|looks? like)\b|示例|例子|长什么样"),
    ("causes", r"\b(?:why|causes?|caused|reasons?|come from|comes from)\b|为什么|为啥|原因|怎么会"),
)  # fmt: skip


def points_back(base: KnowledgeBase, text: str) -> bool:
    """True where a text says too little by itself, but could with a subject: no code, or one after "and"."""
    question = _asked(base, text)
    if question.kind == "empty" or _BARE.match(text):
        return True
    if len(text) > LONGEST or question.kind not in ("words", "status", "state", "cookie", "choice"):
        return False
    if question.kind in ("state", "cookie", "choice", "status"):
        return bool(_LEAD.search(text) or _AGAINST.search(text))
    if _POINTS.search(text) or _LEAD.search(text):
        return True
    return len(text) <= SHORT and index(base).find(question.text).outcome == "nothing"


def points_at_thread(text: str) -> bool:
    """True for a bare "what is this?": the thread's own lines are meant, not the last answer."""
    return bool(_BARE.match(text))


def follow_up(base: KnowledgeBase, text: str, subject: str, language: Language) -> Answer | None:
    """The answer to a text that `points_back`, about `subject` (empty: none is known); None where the two say nothing."""
    question, about = _asked(base, text), read(subject, base)
    if question.kind in _CODES:
        return _another(base, question, about, text, language) or answer_question(base, question, language)
    whole = answer_question(base, about, language)
    if whole.kind not in _ABOUT_ONE or not whole.matches:
        return None
    status = status_in(text)
    if status is not None:
        return answer_question(base, read(f"{about.state or whole.matches[0].id} {status}", base), language)
    for key, pattern in _SECTIONS:
        if re.search(pattern, text, re.IGNORECASE) and (parts := _section(whole, _ANSWER(language, key))):
            if key == "fixes":
                parts = _with_risks(parts, language)
            return msgspec.structs.replace(whole, summary=tuple(parts))
    return whole if _POINTS.search(text) or _BARE.match(text) else None


def _asked(base: KnowledgeBase, text: str) -> Question:
    """What a text asks: as a whole, or where that says nothing ("那 SC 呢？", "but SC?"), by the code that it is built around."""
    question = read(text, base)
    if question.kind != "words" or len(text) > LONGEST:
        return question
    rest = _LEAD.sub(" ", text).strip()
    inner = read(rest, base) if rest and rest != text.strip() else question
    return inner if inner.kind in _CODES else question


def _another(base: KnowledgeBase, question: Question, about: Question, text: str, language: Language) -> Answer | None:
    """Another state beside the subject: with the subject's status, or compared with it where that is asked."""
    whole = answer_question(base, about, language)
    if question.kind != "state" or whole.kind not in _ABOUT_ONE or not whole.matches:
        return None
    subject, code = whole.matches[0].id, question.state[:2]
    if _AGAINST.search(text) and code != subject:
        return answer_question(base, read(f"{subject} vs {code}", base), language)
    status = about.status if about.status is not None else (whole.data.get("line") or {}).get("status")
    if question.status is None and isinstance(status, int):
        return answer_question(base, read(f"{question.state} {status}", base), language)
    return None


def _section(answer: Answer, name: str) -> list[Part]:
    """The part of an answer with this heading or label, from its details or else from its summary."""
    found: list[Part] = []
    inside = False
    for part in answer.details:
        if isinstance(part, Heading):
            inside = part.text == name
            continue
        label = getattr(part, "label", "")
        inside = inside and (not label or isinstance(part, Para))
        if inside or label == name:
            found.append(part)
    if not found:
        found = [p for p in answer.summary if isinstance(p, Para | Bullets | Code | Table) and p.label == name]
    return found


def _with_risks(parts: list[Part], language: Language) -> list[Part]:
    """Each remedy with its risk in one paragraph, before its configuration: what is cut from a screen goes together."""
    found: list[Part] = []
    for part in parts:
        at = -2 if found and isinstance(found[-1], Code) else -1
        if isinstance(part, Para) and not part.label and len(found) >= -at and isinstance(fix := found[at], Para):
            found[at] = Para(f"{fix.text}{'' if language == 'zh' else ' '}{part.text}", fix.label)
        else:
            found.append(part)
    return found
