"""A Report as one self-contained HTML page with an inline SVG chart. Jinja2 escapes everything."""

from importlib.resources import files
from typing import Any

from jinja2 import Environment, StrictUndefined

from bot.render.page import inline
from knowledge.answer_model import Answer, Bullets, Code, Heading, Para, Part
from knowledge.language import sentences
from knowledge.report import Report
from knowledge.report_chart import HEIGHT, WIDTH, layout


def _part(part: Part) -> dict[str, Any]:
    def text(value: str) -> Any:
        return inline(value, lambda id: None)

    match part:
        case Heading(value):
            return {"kind": "heading", "text": text(value)}
        case Para(value, label):
            return {"kind": "para", "text": text(value), "label": text(label)}
        case Bullets(items, label):
            return {"kind": "bullets", "items": [text(i) for i in items], "label": text(label)}
        case Code(value, label, _):
            return {"kind": "code", "text": value, "label": label}
    rows = [[text(cell) for cell in row] for row in part.rows]
    return {"kind": "table", "header": [text(h) for h in part.header], "rows": rows, "label": text(part.label)}


def page(report: Report, answer: Answer) -> str:
    """The page: the answer's title, the chart, and all its parts."""
    say = sentences("report").say
    template = (files("bot") / "report_page.html").read_text("utf-8")
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    parts = [_part(part) for part in (*answer.summary, *answer.details)]
    for part in parts:  # `items` of a dict is its method in a template
        if part["kind"] == "bullets":
            part["rows"] = part.pop("items")
    words = {key: say(answer.language, name) for key, name in (
        ("chart_title", "chart_title"), ("others", "other_states"), ("no_time", "no_time"), ("made_by", "made_by"),
    )}  # fmt: skip
    return environment.from_string(template).render(
        language=answer.language, title=answer.title, chart=layout(report), width=WIDTH, height=HEIGHT, parts=parts, **words
    )
