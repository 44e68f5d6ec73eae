"""Which states an HTTP status goes with, and what to say of a status that came with a state."""

from knowledge import code as codes
from knowledge.base import KnowledgeBase
from knowledge.language import sentences
from knowledge.model import Language, State

SAY = sentences("answer").say


def keeps_server_status(pair: str) -> bool:
    """True where the response headers had gone out before the end, so that any status may stand in the log."""
    return pair == "--" or pair[1] in "DL"


def states_with(base: KnowledgeBase, status: int) -> list[State]:
    """The states that HAProxy logs, or the client sees, with a status: the usual ones first, then by how often asked."""

    def order(state: State) -> tuple[bool, bool, int]:
        usual = any(s.usual and status in (s.logged, s.seen) for s in state.statuses)
        return (not usual, keeps_server_status(state.code), codes.rank(state.code))

    fitting = (s for s in base.states.values() if any(status in (x.logged, x.seen) for x in s.statuses))
    return sorted(fitting, key=order)


def status_sentence(base: KnowledgeBase, pair: str, status: int, language: Language) -> str:
    """Whether `status` fits the state, and to which states it belongs where it does not."""
    entry = base.states.get(pair)
    if entry is not None:
        for known in entry.statuses:
            if known.logged == status:
                return SAY(language, "fits", status=status, code=pair, when=_clause(known.when.get(language)))
        for known in entry.statuses:
            if known.seen == status:
                when = _clause(known.when.get(language))
                return SAY(language, "fits_seen", status=status, logged=known.logged, when=when)
    if keeps_server_status(pair):
        return SAY(language, "fits_server", status=status)
    usual = [str(s.logged) for s in entry.statuses if s.usual] if entry is not None else []
    said = SAY(language, "fits_not", status=status, code=pair, usual=" / ".join(dict.fromkeys(usual))) if usual else \
        SAY(language, "fits_never", status=status, code=pair)  # fmt: skip
    others = [f"`{s.code}`" for s in states_with(base, status) if s.code != pair and not keeps_server_status(s.code)]
    parts = [said]
    if others:
        joint = "、" if language == "zh" else ", "
        parts.append(SAY(language, "belongs", status=status, codes=joint.join(others[:3])))
    parts.append(SAY(language, "or_custom"))
    return ("" if language == "zh" else " ").join(parts)


def _clause(when: str) -> str:
    """A `when` with the stop that ends a sentence."""
    return when if when.endswith((".", "。", "!", "！")) else when + ("。" if any(c >= "一" for c in when) else ".")
