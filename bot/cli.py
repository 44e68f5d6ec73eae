"""The terminal: explain, ask, list, lint; decode, report and serve live in their own modules, imported when called.

Whatever a command needs is imported when it runs: `explain` is to be there before the finger leaves the key.
"""

import gc
import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import argparse

    from knowledge.answer_model import Answer
    from knowledge.model import Language

OWN = {
    "explain": "explain a state, letter or cookie pair: haflag explain cD",
    "ask": "ask in words, English or Chinese",
    "list": "list every entry",
}
MODULES = {
    "decode": "turn log lines into JSON lines",
    "report": "count the states of a log of any size",
    "lint": "check the entries of the knowledge base",
    "site": "write the reference as a static site",
    "check": "check tokens, permissions, the manifest and every message",
    "serve": "run the Slack bot, or the playground where there are no tokens",
    "migrate": "bring the database to the newest revision",
    "forget": "erase everything of a workspace from the database",
    "data": "export and import a workspace's notes, rotate keys, drop what is old",
}
"""Commands in modules of their own (`bot.<name>`), each with `add(parser)` that sets `func`."""
_ELSEWHERE = {"site": ("bot.site.export", "add"), "migrate": ("bot.data", "add_migrate"), "forget": ("bot.data", "add_forget")}


def answer_json(answer: "Answer") -> dict[str, Any]:
    """An answer as the JSON object of `ask --json` and `explain --json`."""
    import msgspec

    known = {
        "kind": answer.kind,
        "language": answer.language,
        "question": answer.question,
        "title": answer.title,
        "matches": msgspec.to_builtins(answer.matches),
    }
    return {**known, **msgspec.to_builtins(answer.data), **{k: known[k] for k in ("kind", "language", "matches")}}


def _print(answer: "Answer", args: "argparse.Namespace | SimpleNamespace") -> None:
    if args.json:
        import json

        print(json.dumps(answer_json(answer), ensure_ascii=False, indent=2))
        return
    from bot.render.terminal import render

    colour = sys.stdout.isatty() and "NO_COLOR" not in os.environ
    print(render(answer, colour=colour, details=not getattr(args, "short", False)), end="")


def explain(args: "argparse.Namespace | SimpleNamespace") -> int:
    """Explains one code; exit 2 where it is none, with the nearest legal ones."""
    from knowledge.base import load

    if state := _state(args.code):
        # Needs no reader of questions, whose expressions alone take longer than all of this.
        from knowledge.state_answer import state_answer

        _print(state_answer(load(), state, args.status, args.lang or "en"), args)
        return 0
    text = " ".join([*args.code, *([str(args.status)] if args.status is not None else [])])
    answer = load().answer(text, args.lang or "en")
    if answer.kind in ("error", "nothing", "search", "help"):
        if answer.kind != "error":
            from knowledge.choice_answers import fault_answer

            answer = fault_answer(load(), " ".join(args.code), args.lang or "en")
        if args.json:
            _print(answer, args)
        else:
            from bot.render.terminal import render

            print(render(answer, colour=sys.stderr.isatty() and "NO_COLOR" not in os.environ), end="", file=sys.stderr)
        return 2
    _print(answer, args)
    return 0


def _state(given: Sequence[str]) -> str | None:
    """The state that was given where it is one argument and nothing else; a cookie pair alone (`--NI`) is none."""
    from knowledge import code as codes

    state = codes.parse(given[0]) if len(given) == 1 else None
    return None if state is None or (len(state) == 4 and state[:2] == "--" and state != "----") else state


def ask(args: "argparse.Namespace | SimpleNamespace") -> int:
    """Answers a question in words, or with --batch one question per line of standard input."""
    import json

    from knowledge.base import load

    base = load()
    if args.batch:
        for line in sys.stdin.buffer:
            answer = base.answer(line.decode("utf-8", "replace").rstrip("\r\n"), args.lang)
            if args.json:
                print(json.dumps(answer_json(answer), ensure_ascii=False), flush=True)
            else:
                print(f"{answer.kind}\t{' '.join(m.id for m in answer.matches)}\t{answer.title}", flush=True)
        return 0
    text = " ".join(args.text) if args.text else sys.stdin.read()
    answer = base.answer(text, args.lang)
    _print(answer, args)
    return 0


def list_entries(args: "argparse.Namespace | SimpleNamespace") -> int:
    """Lists every entry with its id and title."""
    from knowledge.base import load

    language: Language = args.lang or "en"
    rows = [{"id": entry.id, "title": entry.title.get(language)} for entry in load()]
    if args.json:
        import json

        print(json.dumps(rows, ensure_ascii=False, indent=2))
    else:
        for row in rows:
            print(f"{row['id']:<14} {row['title']}")
    return 0


def _lazy(name: str) -> Callable[["argparse.ArgumentParser"], None]:
    def fill(parser: "argparse.ArgumentParser") -> None:
        if name == "serve":
            # Until all is loaded there is no garbage to speak of, and looking for it takes a tenth of the start.
            gc.disable()
        module, function = _ELSEWHERE.get(name, (f"bot.{name}", "add"))
        getattr(import_module(module), function)(parser)

    return fill


def build_parser(argv: Sequence[str]) -> "argparse.ArgumentParser":
    """The parser of the command line; only the command that is named is imported."""
    import argparse

    parser = argparse.ArgumentParser(prog="haflag", description="What HAProxy's termination states mean. 解读 HAProxy 终止状态。")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)

    def command(name: str, run: Callable[[argparse.Namespace], int]) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=OWN[name], description=run.__doc__)
        sub.add_argument("--lang", choices=("en", "zh"), help="language of the answer (default: the question's)")
        sub.add_argument("--json", action="store_true", help="machine-readable output")
        sub.set_defaults(func=run)
        return sub

    one = command("explain", explain)
    one.add_argument("code", nargs="+", help="cD, sC--, -- , --NI, s …; upper and lower case differ")
    one.add_argument("--status", type=int, help="the HTTP status that the line had")
    one.add_argument("--short", action="store_true", help="only what fits on one screen")
    question = command("ask", ask)
    question.add_argument("text", nargs="*", help="the question; standard input where there is none")
    question.add_argument("--batch", action="store_true", help="one question per line of standard input")
    question.add_argument("--short", action="store_true", help="only what fits on one screen")
    command("list", list_entries)
    for name, help in MODULES.items():
        sub = commands.add_parser(name, help=help, description=help)
        if name in argv[:1]:
            _lazy(name)(sub)
    return parser


def _shield_codes(argv: Sequence[str]) -> list[str]:
    """Codes that start with a dash (`--`, `--NI`, `-D`) of `explain`, written with a dash that argparse lets through."""
    if argv[:1] != ["explain"]:
        return list(argv)
    from knowledge import code as codes

    rest = list(argv[1:])
    named = [a for a in rest if not a.startswith("-") and a not in ("en", "zh") and not a.isdigit()]
    if rest.count("--") > 1 or ("--" in rest and (named or any(a != "--" and codes.parse(a) for a in rest))):
        rest.remove("--")
    return ["explain", *(a.replace("-", "\u2011") if codes.parse(a) is not None else a for a in rest)]


def _plain(given: Sequence[str]) -> SimpleNamespace | None:
    """What argparse makes of `explain CODE`, without argparse: loading and using it takes a third of the whole command."""
    if len(given) != 2 or given[0] != "explain" or given[1].startswith("-"):
        return None
    return SimpleNamespace(command="explain", code=[given[1]], status=None, short=False, lang=None, json=False, func=explain)


def _import_msgspec() -> None:
    """Imports msgspec without typing_extensions, which it tries and does without: 15 ms, and the same since Python 3.11."""
    if "msgspec" in sys.modules or "typing_extensions" in sys.modules:
        return
    sys.modules["typing_extensions"] = None  # type: ignore[assignment]
    try:
        import msgspec  # noqa: F401
    finally:
        del sys.modules["typing_extensions"]


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the command line. Returns the exit status: 0 done, 1 failed, 2 wrong usage or an unknown code."""
    _import_msgspec()
    given = _shield_codes(list(sys.argv[1:] if argv is None else argv))
    args = _plain(given) or build_parser(given).parse_args(given)
    try:
        return int(args.func(args))
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    except KeyboardInterrupt:
        return 130
