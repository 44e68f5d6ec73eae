"""Answer → HTML: the parts of an answer as safe markup for the reference pages. Everything is escaped by Jinja2."""

from collections.abc import Callable
from importlib.resources import files

from jinja2 import Environment, FunctionLoader, StrictUndefined, select_autoescape
from markupsafe import Markup, escape

from bot.render.markup import convert
from bot.render.richtext import colon

Link = Callable[[str], str | None]
"""Entry id → relative address of its page, None where there is none."""


def inline(text: str, link: Link) -> Markup:
    """A text with its inline markup as HTML."""

    def anchor(id: str) -> str:
        target = link(id)
        shown = escape(id.removeprefix("cookie:").removeprefix("timer:"))
        if target is None:
            return str(Markup("<code>{}</code>").format(shown))
        return str(Markup('<a href="{}"><code>{}</code></a>').format(target, shown))

    return Markup(  # noqa: S704 every piece is escaped below
        convert(
            text,
            text=lambda t: str(escape(t)),
            code=lambda t: str(Markup("<code>{}</code>").format(t)),
            strong=lambda t: str(Markup("<strong>{}</strong>").format(t)),
            link=anchor,
        )
    )


def environment() -> Environment:
    """Jinja2 with autoescape over `bot/site/templates`; an undefined name is an error."""
    folder = files("bot") / "site" / "templates"
    jinja = Environment(
        loader=FunctionLoader(lambda name: (folder / name).read_text("utf-8")),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    jinja.filters["colon"] = colon
    return jinja
