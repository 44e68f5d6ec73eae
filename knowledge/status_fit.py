"""Which states an HTTP status goes with, and what to say of a status that came with a state."""

from collections.abc import Iterable

from knowledge import code as codes
from knowledge.answer_model import Table
from knowledge.base import KnowledgeBase
from knowledge.compose import recorded
from knowledge.evidence import Record, for_pair, version_key
from knowledge.language import sentences
from knowledge.model import Language, State, Status

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


RULED = ("PR", "PT", "PH", "LR", "LH")
"""Where a rule of the configuration (`deny_status`, `return status`, `set-status`) may choose any status."""


def status_sentence(base: KnowledgeBase, pair: str, status: int, language: Language) -> str:
    """Whether `status` fits the state, and to which states it belongs where it does not."""
    statuses = _known(base, pair)
    fitting = [known for known in statuses if known.logged == status]
    if fitting:
        fitting.sort(key=lambda known: (not known.usual, known.until))
        return SAY(language, "fits", status=status, code=pair, when=_whens(fitting[:3], language))
    own = keeps_server_status(pair) and status > 0
    versions = sorted({r.version for r in for_pair(pair) if r.status == status and not own}, key=version_key)
    if versions:
        return SAY(language, "fits_recorded", status=status, code=pair, versions=", ".join(versions))
    for known in statuses:
        if known.seen == status:
            when = _clause(known.when.get(language))
            return SAY(language, "fits_seen", status=status, logged=known.logged, when=when)
    if own:
        return SAY(language, "fits_server", status=status)
    if pair in RULED and status >= 200:
        return SAY(language, "fits_rule", status=status, code=pair)
    usual = [str(s.logged) for s in statuses if s.usual]
    said = SAY(language, "fits_not", status=status, code=pair, usual=" / ".join(dict.fromkeys(usual))) if usual else \
        SAY(language, "fits_never", status=status, code=pair)  # fmt: skip
    others = [f"`{s.code}`" for s in states_with(base, status) if s.code != pair and not keeps_server_status(s.code)]
    if others:
        joint = "、" if language == "zh" else ", "
        # In the same sentence: a short message shows only the first.
        said += SAY(language, "belongs", status=status, codes=joint.join(others[:3]))
    return said + ("。" if language == "zh" else ". ") + SAY(language, "or_custom")


def recorded_table(records: Iterable[Record], language: Language) -> Table:
    """What the lab recorded: per status (logged, seen by the client) HAProxy's branches and a few scenarios."""
    rows: dict[tuple[str, str], tuple[dict[str, None], dict[str, None]]] = {}
    for record in records:
        logged = record.mode if record.status is None else str(record.status)
        seen = SAY(language, "nothing_sent") if record.seen is None else str(record.seen)
        versions, scenarios = rows.setdefault((logged, "-" if record.mode == "tcp" else seen), ({}, {}))
        versions[".".join(record.version.split(".")[:2])] = None
        scenarios[record.scenario] = None
    joint = "、" if language == "zh" else ", "
    cells = []
    for (logged, seen), (versions, scenarios) in rows.items():
        # A remedy's own runs repeat what another scenario shows.
        names = [name for name in scenarios if "remedy" not in name] or list(scenarios)
        more = f" +{len(names) - 4}" if len(names) > 4 else ""
        cells.append((logged, seen, joint.join(versions), joint.join(f"`{name}`" for name in names[:4]) + more))
    header = tuple(SAY(language, key) for key in ("logged", "seen", "versions", "scenarios"))
    return Table(header, tuple(sorted(cells)))


def _known(base: KnowledgeBase, pair: str) -> tuple[Status, ...]:
    """The statuses that the pair's entry names, or what was recorded of it."""
    found = base.states.get(pair) or recorded().get(pair)
    return found.statuses if found is not None else ()


def _whens(statuses: Iterable[Status], language: Language) -> str:
    """When each of them comes, one after the other: one status may have several stories, in different versions."""
    told = []
    for known in statuses:
        within = bounds(known.since, known.until, language)
        text = _clause(known.when.get(language))
        if within and not any(bound and bound in text for bound in (known.since, known.until)):
            text = f"{within}：{text}" if language == "zh" else f"{within}: {text}"
        told.append(text)
    return SAY(language, "fits_or").join(dict.fromkeys(told))


def bounds(since: str, until: str, language: Language) -> str:
    """Version bounds in words, empty where there are none."""
    if since and since == until:
        return since
    if since and until:
        return SAY(language, "versions_between", since=since, until=until)
    if since:
        return SAY(language, "versions_since", since=since)
    return SAY(language, "versions_until", until=until) if until else ""


def _clause(when: str) -> str:
    """A `when` with the stop that ends a sentence."""
    return when if when.endswith((".", "。", "!", "！")) else when + ("。" if any(c >= "一" for c in when) else ".")
