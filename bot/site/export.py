"""`haflag site OUT/`: the reference as files that open from disk, without a server."""

import argparse
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

from bot.site.pages import LANGUAGES, Pages, search_index
from knowledge.base import load


def add(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of `haflag site`."""
    parser.add_argument("out", type=Path, help="folder to write into; it is made where it is missing")
    parser.set_defaults(func=run)


def write(out: Path) -> int:
    """Writes every page and asset below `out`; how many files."""
    base = load()
    pages = Pages(base, version=version("haflag"))
    contents = {path: pages.html(path) or "" for path in pages}
    for language in LANGUAGES:
        contents[f"static/index.{language}.js"] = search_index(base, language)
    static = files("bot") / "site" / "static"
    for name in ("site.css", "site.js", "icon.svg"):
        contents[f"static/{name}"] = (static / name).read_text("utf-8")
    for path, content in contents.items():
        target = out / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(content, "utf-8")
    return len(contents)


def run(args: argparse.Namespace) -> int:
    """Writes the site and says where it starts."""
    count = write(args.out)
    print(f"{count} files; open {args.out / 'index.html'}")
    return 0
