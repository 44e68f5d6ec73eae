"""Which pages the reference has and what is on them: address → HTML. The same pages are served and exported."""

import json
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from jinja2 import Environment
from markupsafe import Markup

from bot.render.page import environment, inline
from bot.site.address import address
from knowledge import code as codes
from knowledge import compose
from knowledge.answer_model import Answer
from knowledge.base import KnowledgeBase
from knowledge.evidence import Record, for_cookie, for_pair, version_key
from knowledge.language import sentences
from knowledge.model import Cookie, Language, Letter, Message, State, TimerEntry

LANGUAGES: tuple[Language, ...] = ("en", "zh")
MOST_RECORDS = 400
"""Lines of evidence on one page; `--` as cookies stands in nearly every line there is."""


class Pages:
    """All pages of the reference in both languages. `served` adds the server's own search to the search box."""

    def __init__(self, base: KnowledgeBase, *, served: bool = False, version: str = "") -> None:
        self.base, self._served, self._version = base, served, version
        self._jinja: Environment = environment()
        self._makers: dict[str, Callable[[], str]] = dict(self._all())

    def __iter__(self) -> Iterator[str]:
        return iter(self._makers)

    def __contains__(self, path: object) -> bool:
        return path in self._makers

    def html(self, path: str) -> str | None:
        """The page at `path` (`en/states/….html`), None where there is none."""
        maker = self._makers.get(path)
        return maker() if maker else None

    def _all(self) -> Iterator[tuple[str, Callable[[], str]]]:
        yield "index.html", partial(self._render, "start.html", "en", "index.html", 0)
        for language in LANGUAGES:
            yield f"{language}/index.html", partial(self._index, language)
            yield f"{language}/twins.html", partial(self._twins, language)
            for pair in codes.PAIRS:
                yield f"{language}/states/{codes.slug(pair)}.html", partial(self._state, pair, language)
            for cookie in self.base.cookies.values():
                yield f"{language}/cookies/{codes.slug(cookie.code, cookie=True)}.html", partial(self._cookie, cookie, language)
            for name in ("letters", "timers", "messages"):
                yield f"{language}/{name}.html", partial(self._list, name, language)

    def _render(self, template: str, language: Language, path: str, depth: int, **values: Any) -> str:
        up = "../" * depth
        other: Language = "zh" if language == "en" else "en"

        def link(id: str) -> str | None:
            found = address(self.base, id)
            return f"{up}{language}/{found}" if found else None

        def inline_here(text: str) -> Markup:
            return inline(text, link)

        return self._jinja.get_template(template).render(
            say=partial(sentences("site", "bot").say, language), inline=inline_here, link=link, up=up, lang=language,
            other=f"{up}{other}/{path.split('/', 1)[-1]}" if "/" in path else f"{up}{other}/index.html",
            here=path.split("/", 1)[-1] if "/" in path else "", served=self._served, version=self._version, base=self.base,
            **values,
        )  # fmt: skip

    def _grid(self, language: Language) -> list[dict[str, Any]]:
        rows = []
        for first in codes.POSITIONS[0]:
            cells = []
            for second in codes.POSITIONS[1]:
                pair = first + second
                entry = self.base.states.get(pair)
                kind = "composed" if entry is None else "documented" if entry.documented else "seen"
                recorded = bool(for_pair(pair))
                if entry is None and recorded:
                    kind = "recorded"
                title = entry.title.get(language) if entry else compose.pair_sentence(self.base, pair, language)
                cells.append({"pair": pair, "kind": kind, "title": title, "severity": entry.severity if entry else "",
                              "href": f"states/{codes.slug(pair)}.html"})  # fmt: skip
            rows.append({"letter": self.base.letter(1, first), "cells": cells})
        return rows

    def _index(self, language: Language) -> str:
        header = [self.base.letter(2, c) for c in codes.POSITIONS[1]]
        return self._render("index.html", language, f"{language}/index.html", 1, grid=self._grid(language), header=header)

    def _twins(self, language: Language) -> str:
        states = self.base.states
        twins = [(small, capital) for pair, small in states.items()
                 if pair[0].islower() and (capital := states.get(pair[0].upper() + pair[1]))]  # fmt: skip
        return self._render("twins.html", language, f"{language}/twins.html", 1, twins=twins)

    def _entry(self, answer: Answer, path: str, language: Language, recorded: Sequence[Record], **values: Any) -> str:
        records = sorted(recorded, key=lambda r: (r.scenario, version_key(r.version)))
        every = len(records) <= MOST_RECORDS
        if not every:
            records = list({r.scenario: r for r in records}.values())
        return self._render("entry.html", language, path, 2, answer=answer, records=records, every=every, **values)

    def _state(self, pair: str, language: Language) -> str:
        path = f"{language}/states/{codes.slug(pair)}.html"
        entry = self.base.states.get(pair)
        twin = self.base.states.get(pair[0].swapcase() + pair[1]) if pair[0].isalpha() else None
        related = [s for id in (*entry.confused_with, *entry.related) if (s := self.base.get(id))] if entry else []
        return self._entry(self.base.answer(pair, language), path, language, code=pair, entry=entry, twin=twin,
                           recorded=for_pair(pair), related=related)  # fmt: skip

    def _cookie(self, cookie: Cookie, language: Language) -> str:
        path = f"{language}/cookies/{codes.slug(cookie.code, cookie=True)}.html"
        related = [s for id in (*cookie.confused_with, *cookie.related) if (s := self.base.get(id))]
        return self._entry(self.base.answer(f"cookie:{cookie.code}", language), path, language, code=cookie.code, entry=cookie,
                           twin=None, recorded=for_cookie(cookie.code), related=related)  # fmt: skip

    def _list(self, name: str, language: Language) -> str:
        kinds: dict[str, type] = {"letters": Letter, "timers": TimerEntry, "messages": Message}
        entries = [e for e in self.base if isinstance(e, kinds[name])]
        anchors = {e.id: (address(self.base, e.id) or "").rpartition("#")[2] for e in entries}
        return self._render("list.html", language, f"{language}/{name}.html", 1, entries=entries, anchors=anchors, name=name)


def search_index(base: KnowledgeBase, language: Language) -> str:
    """The search box's data for pages opened from disk: a script that sets one constant."""
    rows = []
    for entry in base:
        words = [entry.title.get(language), *entry.symptoms.en, *entry.symptoms.zh]
        if isinstance(entry, State | Cookie):
            words.append(entry.verdict.get(language))
        rows.append({"id": entry.id, "t": entry.title.get(language), "h": address(base, entry.id), "w": words})
    rows += [{"id": p, "t": compose.pair_sentence(base, p, language), "h": f"states/{codes.slug(p)}.html", "w": []}
             for p in codes.PAIRS if p not in base.states]  # fmt: skip
    return f"window.HAFLAG_INDEX = {json.dumps(rows, ensure_ascii=False, separators=(',', ':'))};\n"
