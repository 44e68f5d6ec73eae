"""`make docs`: the tables of README.*.md and CONTRIBUTING.md, docs/commands.md and docs/reference.*.md, from the data."""

import argparse
import re
import sys
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import groupby
from pathlib import Path

from bot.cli import MODULES, OWN, build_parser
from bot.listeners.subcommands import with_commands
from bot.render.markup import convert
from bot.settings import VARIABLES
from knowledge import code as codes
from knowledge import evidence, lint
from knowledge.answer_model import Bullets, Para
from knowledge.base import KnowledgeBase, load
from knowledge.language import sentences
from knowledge.model import Language, State, Status, Text

ROOT = Path(__file__).parents[2]
SAY = sentences("docs", "bot").say
FIGURES = {
    "figure_command": "signed `/haflag cD`, 16 connections",
    "figure_acks": "acks while a log is summarised",
    "figure_search": "p99 over p50 of `rapidfuzz",
    "figure_decode": "`haflag decode` over `haproxy_log_analysis`",
    "figure_memory": "peak memory of `haflag report`",
}
"""Rows of docs/performance.md that the READMEs quote, by how they begin."""
_SENTENCE = re.compile(r"(?<=[.!?]) +(?=[A-Z`*\[])|(?<=[。！？])")
_PART = re.compile(r"(<!-- docs: (\w+) -->\n).*?(<!-- end of docs -->)", re.DOTALL)


def documents(root: Path = ROOT) -> dict[Path, str]:
    """Every generated file as it should read. In files with markers only what stands between them is generated."""
    base = load()
    made = {root / "docs" / f"reference.{language}.md": reference(base, language) for language in ("en", "zh")}
    made[root / "docs" / "commands.md"] = commands()
    for name, parts in {
        "README.md": _readme(base, "en", root),
        "README.zh.md": _readme(base, "zh", root),
        "CONTRIBUTING.md": {"rules": rules()},
    }.items():
        made[root / name] = _filled((root / name).read_text("utf-8"), parts)
    return made


def _readme(base: KnowledgeBase, language: Language, root: Path) -> dict[str, str]:
    measured = (root / "docs" / "performance.md").read_text("utf-8")
    return {"grid": grid(base, language), "counts": counts(base, language), "figures": figures(measured, language)}


def _filled(text: str, parts: dict[str, str]) -> str:
    """The text with each part between its markers; KeyError for a marker that names none."""
    return _PART.sub(lambda found: f"{found[1]}{parts[found[2]]}\n{found[3]}", text)


def stale(root: Path = ROOT) -> list[str]:
    """Names of the files that no longer say what the data says."""
    return [str(path.relative_to(root)) for path, text in documents(root).items()
            if not path.is_file() or path.read_text("utf-8") != text]  # fmt: skip


def markdown(text: str) -> str:
    """A text with inline markup as Markdown for a table's cell."""
    made = convert(text, text=str, code=_code, strong="**{}**".format, link=lambda id: _code(id.rpartition(":")[2]))
    return re.sub(r"\s+", " ", made).replace("|", "\\|").strip()


def _first(text: str) -> str:
    """The first sentence: a table is no place for more."""
    return _SENTENCE.split(text, maxsplit=1)[0]


def _code(text: str) -> str:
    return f"`{text}`"


def table(header: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A Markdown table."""
    lines = [list(header), *map(list, rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in [lines[0], ["---"] * len(lines[0]), *lines[1:]])


def grid(base: KnowledgeBase, language: Language) -> str:
    """The 12 × 8 pairs: which have an entry, which of those the manual does not know, which are composed."""

    def cell(pair: str) -> str:
        entry = base.states.get(pair)
        return "·" if entry is None else f"**`{pair}`**" if entry.documented else f"`{pair}` ×"

    header = ["", SAY(language, "who"), *(f"`{c}` {base.letter(2, c).title.get(language)}" for c in codes.POSITIONS[1])]
    rows = [[_code(c), base.letter(1, c).title.get(language), *(cell(c + phase) for phase in codes.POSITIONS[1])]
            for c in codes.POSITIONS[0]]  # fmt: skip
    return f"{table(header, rows)}\n\n{SAY(language, 'key')}"


def counts(base: KnowledgeBase, language: Language) -> str:
    """How much there is, in a paragraph."""
    return SAY(
        language, "counts", pairs=len(base.states), documented=sum(s.documented for s in base.states.values()),
        composed=len(codes.PAIRS) - len(base.states), cookies=len(base.cookies), timers=len(base.timers),
        messages=len(base.messages), records=f"{len(evidence.records()):,}", scenarios=len(evidence.scenarios()),
        versions=SAY(language, "join").join(_branches(evidence.records())),
    )  # fmt: skip


def figures(measured: str, language: Language) -> str:
    """A few of the ratios in docs/performance.md (`measured`), as they stand there; nothing for a row that has gone."""
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in measured.splitlines() if line.startswith("| ")]
    found = [(SAY(language, key), row[3]) for key, start in FIGURES.items() for row in rows if row[0].startswith(start)]
    return table((SAY(language, "figure"), SAY(language, "measured")), found)


def rules() -> str:
    """The rules that entries must keep."""
    lint.run()
    listed = [(r.id, r.title, _first(r.why), "" if r.tier == "error" else r.tier) for _, r in sorted(lint.RULES.items())]
    return table(("rule", "", "why", ""), [[cell.replace("|", "\\|") for cell in row] for row in listed])


def commands() -> str:
    """Every command of the terminal with its arguments, and the variables of the environment."""
    made = ["# Commands", SAY("en", "made_of_commands")]
    for name, about in {**OWN, **MODULES}.items():
        parser = build_parser([name])
        [choices] = [a.choices for a in parser._actions if isinstance(a, argparse._SubParsersAction)]
        rows = [row for action in choices[name]._actions for row in _arguments(action)]
        made += [f"## haflag {name}", f"{about[0].upper()}{about[1:]}.", *([table(("argument", ""), rows)] if rows else [])]
    variables = ((_code(v.name), markdown(v.about), markdown(v.default)) for v in VARIABLES)
    return "\n\n".join([*made, "## Environment of haflag serve", table(("variable", "", "default"), variables)]) + "\n"


def _arguments(action: argparse.Action) -> list[tuple[str, str]]:
    if isinstance(action, argparse._HelpAction):
        return []
    if isinstance(action, argparse._SubParsersAction):
        return [(_code(choice.dest), markdown(choice.help or "")) for choice in action._choices_actions]
    return [(_code(_spelled(action)), markdown(action.help or ""))]


def _spelled(action: argparse.Action) -> str:
    value = str(action.metavar or (f"{{{','.join(map(str, action.choices))}}}" if action.choices else action.dest.upper()))
    if not action.option_strings:
        return value
    return action.option_strings[-1] if action.nargs == 0 else f"{action.option_strings[-1]} {value}"


def reference(base: KnowledgeBase, language: Language) -> str:
    """docs/reference.*.md: letters, states, changes, cookie pairs, timers, and what can be asked."""
    return "\n\n".join(_reference(base, language)) + "\n"


def _reference(base: KnowledgeBase, language: Language) -> Iterator[str]:
    say = partial(SAY, language)

    def text(found: Text) -> str:
        return markdown(found.get(language))

    def first(found: Text) -> str:
        return markdown(_first(found.get(language)))

    yield from (f"# {say('title')}", say("made"), say("lead"), counts(base, language))
    for position, letters in enumerate(codes.POSITIONS, 1):
        yield "## " + say("letters", position=position, about=say(f"about_{position}"))
        known = [base.letter(position, c) for c in letters]
        yield table((say("letter"), say("meaning"), ""), ((_code(e.letter), text(e.title), first(e.meaning)) for e in known))
    yield from (f"## {say('states')}", say("states_lead"), grid(base, language))
    header = [say(key) for key in ("state", "verdict", "severity", "status", "recorded")]
    yield table(header, (_state(entry, language) for entry in base.states.values()))
    yield f"## {say('changes')}"
    yield table((say("state"), "HAProxy", ""), ((_code(e.code), c.version, text(c.text))
                for e in base.states.values() for c in e.changes))  # fmt: skip
    yield f"## {say('cookies')}"
    yield table((say("pair"), say("meaning"), say("verdict")), ((_code(e.code), text(e.title), text(e.verdict))
                for e in base.cookies.values()))  # fmt: skip
    yield f"## {say('timers')}"
    yield table((say("timer"), say("meaning"), say("minus_one")),
                ((_code(e.name), first(e.meaning), first(e.minus_one)) for e in base.timers.values()))  # fmt: skip
    yield f"## {say('asking')}"
    for part in with_commands(base.answer("help", language)).summary:
        if isinstance(part, Para):
            yield text(Text(part.text, part.text))
        elif isinstance(part, Bullets):
            yield "\n".join([*([f"**{part.label}**", ""] if part.label else []),
                             *(f"- {convert(i, text=str, code=_code, strong=str, link=_code)}" for i in part.items)])  # fmt: skip


def _state(entry: State, language: Language) -> list[str]:
    say = partial(SAY, language)
    shown = f"**{markdown(entry.title.get(language))}**. {markdown(entry.verdict.get(language))}"
    if language == "zh":
        shown = shown.replace("**. ", "**。", 1)
    statuses = dict.fromkeys(_status(s, language) for s in sorted(entry.statuses, key=lambda s: not s.usual))
    recorded = _branches(evidence.for_pair(entry.code))
    code = _code(entry.code) if entry.documented else f"{_code(entry.code)} ({say('undocumented')})"
    return [code, shown, say(f"severity_{entry.severity}"), "<br>".join(statuses) or "", " ".join(recorded) or "–"]


def _status(status: Status, language: Language) -> str:
    say = partial(SAY, language)
    shown = say("none") if status.logged == -1 else str(status.logged)
    if status.seen is not None and status.seen != status.logged:
        shown += f" → {say('no_response') if status.seen == -1 else status.seen}"
    if status.since and status.until:
        key = "between" if status.since != status.until else "only"
        return say(key, status=shown, since=status.since, until=status.until)
    if status.since:
        return say("from", status=shown, version=status.since)
    return say("to", status=shown, version=status.until) if status.until else shown


def _branches(records: Iterable[evidence.Record]) -> list[str]:
    """The HAProxy branches of records, oldest first."""
    versions = sorted({r.version for r in records}, key=evidence.version_key)
    return [branch for branch, _ in groupby(versions, key=lambda v: ".".join(v.split("-")[0].split(".")[:2]))]


def main() -> int:
    """Writes what is stale and names it."""
    names = stale()
    for path, text in documents().items():
        path.write_text(text, "utf-8")
    print("\n".join(names) or "up to date", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
