"""The App Home: what the bot can do, examples, languages, team notes, and for admins the settings and the totals."""

from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from bot.manifest import feature
from bot.render.blocks import value
from bot.render.forms import option, plain_text, sentence
from bot.render.pieces import heading, rich
from knowledge.answer import HELP_EXAMPLES
from knowledge.answer_model import Bullets, Para
from knowledge.base import KnowledgeBase
from knowledge.language import sentences
from knowledge.model import Language

if TYPE_CHECKING:
    from bot.store import Stats, TeamSettings

Block = dict[str, Any]

SAY = sentences("slack_home", "bot").say
DAYS = 30
"""Days of the totals."""
TOP = 8
_WAYS = ("way_command", "way_mention", "way_shortcut", "way_direct", "way_step")


class Page(Struct, frozen=True):
    """What a person's App Home shows. `kept` is False where there is no store; `stats` and `settings` are for admins;
    `missing` are the permissions that the app was not given."""

    language: Language
    chosen: Language | None = None
    kept: bool = False
    notes: "list[Block]" = []
    more_notes: int = 0
    settings: "TeamSettings | None" = None
    stats: "Stats | None" = None
    admin_unknown: bool = False
    missing: tuple[str, ...] = ()


def view(page: Page, base: KnowledgeBase) -> Block:
    """The App Home as a view."""
    language = page.language
    ways = Bullets(tuple(SAY(language, key) for key in _WAYS), SAY(language, "ways"))
    blocks: list[Block] = [heading(SAY(language, "title")), *rich((Para(SAY(language, "lead")), ways)), *_examples(language)]
    blocks += _language(page) if page.kept else [sentence(SAY(language, "nothing_kept"))]
    if page.kept:
        blocks += _notes(page)
    if page.admin_unknown:
        blocks += [{"type": "divider"}, _context(SAY(language, "no_admin"))]
    if page.settings is not None:
        blocks += _settings(page.settings, language)
    if page.stats is not None:
        blocks += stats(page.stats, base, language)
    if page.missing:
        items = tuple(f"{feature(scope, language)} (`{scope}`)" for scope in page.missing)
        blocks += [{"type": "divider"}, *rich((Para(SAY(language, "missing")), Bullets(items)))]
    blocks.append(_context(SAY(language, "footer", version=_version(), entries=sum(1 for _ in base))))
    return {"type": "home", "callback_id": "haflag:home", "blocks": blocks}


def stats(totals: "Stats", base: KnowledgeBase, language: Language) -> list[Block]:
    """The totals as blocks."""
    asked = sum(count for kind, count in totals.kinds)
    parts: list[Para | Bullets] = []
    if asked:
        parts.append(Para(SAY(language, "stats_questions", count=f"{asked:,}", misses=f"{totals.misses:,}")))
    else:
        parts.append(Para(SAY(language, "stats_none")))
    if totals.helpful or totals.unhelpful:
        parts.append(Para(SAY(language, "stats_feedback", helpful=totals.helpful, unhelpful=totals.unhelpful)))
    if totals.entries:
        items = tuple(f"`{id}` × {count:,}{_title(base, id, language)}" for id, count in totals.entries[:TOP])
        parts.append(Bullets(items, SAY(language, "stats_entries")))
    if totals.miss_words:
        words = tuple(words.replace("`", "").replace("*", "").replace("[[", "") for words in totals.miss_words[:TOP])
        parts.append(Bullets(words, SAY(language, "stats_words")))
    return [heading(SAY(language, "stats_title", days=DAYS)), *rich(tuple(parts))]


def stats_message(totals: "Stats", base: KnowledgeBase, language: Language) -> dict[str, Any]:
    """The totals as a message."""
    return {"text": SAY(language, "stats_title", days=DAYS), "blocks": stats(totals, base, language)}


def _title(base: KnowledgeBase, id: str, language: Language) -> str:
    entry = base.get(id)
    return f" · {entry.title.get(language)}" if entry else ""


def _examples(language: Language) -> list[Block]:
    elements = [
        _button(f"haflag:ask:{n}", text, value(language, text)) for n, text in enumerate(HELP_EXAMPLES[language])
    ]
    search = _button("haflag:search:0", SAY(language, "ask"), language)
    return [_context(SAY(language, "examples")), {"type": "actions", "elements": [*elements, search | {"style": "primary"}]}]


def _language(page: Page) -> list[Block]:
    words = {"auto": "auto", "zh": "chinese", "en": "english"}
    options = {key: SAY(page.language, word) for key, word in words.items()}
    return [_choice("mylang", SAY(page.language, "my_language"), options, page.chosen or "auto")]


def _notes(page: Page) -> list[Block]:
    language = page.language
    add = _button("haflag:noteadd:0", SAY(language, "add_note"), language)
    blocks = [{"type": "divider"}, heading(SAY(language, "notes")), _context(SAY(language, "notes_lead"))]
    blocks += page.notes or [sentence(SAY(language, "notes_none"))]
    if page.more_notes:
        blocks.append(_context(SAY(language, "notes_more", count=page.more_notes)))
    return [*blocks, {"type": "actions", "elements": [add]}]


def _settings(settings: "TeamSettings", language: Language) -> list[Block]:
    languages = {"none": SAY(language, "none"), "zh": SAY(language, "chinese"), "en": SAY(language, "english")}
    writers = {"everyone": SAY(language, "everyone"), "admins": SAY(language, "admins")}
    words = {"count": SAY(language, "count_only"), "keep": SAY(language, "keep")}
    return [
        {"type": "divider"},
        heading(SAY(language, "admin")),
        _choice("teamlang", SAY(language, "default_language"), languages, settings.language or "none"),
        _choice("notesby", SAY(language, "notes_by"), writers, settings.notes_by),
        _choice("misses", SAY(language, "misses"), words, "keep" if settings.keep_misses else "count"),
    ]


def _choice(action: str, label: str, options: dict[str, str], now: str) -> Block:
    """A labelled menu; its block id changes with its value, or Slack would go on showing what was picked before."""
    menu = {
        "type": "static_select", "action_id": f"haflag:{action}:0", "options": [option(t, v) for v, t in options.items()],
        "initial_option": option(options[now], now),
    }  # fmt: skip
    text = {"type": "mrkdwn", "text": label}
    return {"type": "section", "block_id": f"{action}:{now}", "text": text, "accessory": menu}


def _button(action_id: str, text: str, carried: str) -> Block:
    return {"type": "button", "action_id": action_id, "text": plain_text(text), "value": carried}


def _context(text: str) -> Block:
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": text}]}


def _version() -> str:
    try:
        return version("haflag")
    except PackageNotFoundError:  # run from a checkout that was never installed
        return "dev"
