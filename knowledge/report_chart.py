"""A Report's failures over time as stacked bars: the geometry once, drawn as PNG here and as SVG by the page."""

from io import BytesIO
from math import ceil, log10

from msgspec import Struct

from knowledge.report import Report, is_normal

COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#7f7f7f")
"""Told apart by colour-blind readers too (Okabe and Ito); the last is for what is left over."""

WIDTH, HEIGHT = 960, 360
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 16, 48, 44
_MOST_BARS, _SERIES = 160, 5
OTHERS = "…"


class Bar(Struct, frozen=True):
    """One rectangle in pixels of a WIDTH × HEIGHT picture, and what it counts."""

    x: float
    y: float
    width: float
    height: float
    colour: str
    label: str


class Chart(Struct, frozen=True):
    """The picture: bars, the marks on both axes as (pixel, text), and the legend as (colour, pair)."""

    bars: tuple[Bar, ...]
    x_marks: tuple[tuple[float, str], ...]
    y_marks: tuple[tuple[float, str], ...]
    legend: tuple[tuple[str, str], ...]
    left: int = _LEFT
    right: int = WIDTH - _RIGHT
    top: int = _TOP
    bottom: int = HEIGHT - _BOTTOM


def layout(report: Report) -> Chart | None:
    """Where everything goes; None where the lines have no date or nothing failed."""
    totals: dict[str, int] = {}
    for moment in report.over_time.moments:
        for state, count in moment.states.items():
            if not is_normal(state):
                totals[state[:2]] = totals.get(state[:2], 0) + count
    if not totals:
        return None
    shown = sorted(totals, key=lambda s: (-totals[s], s))[:_SERIES]
    names = [*shown, OTHERS] if len(totals) > len(shown) else shown
    columns = _columns(report, shown)
    top = _ceiling(max(sum(column.values()) for _, column in columns))
    width, height = WIDTH - _LEFT - _RIGHT, HEIGHT - _TOP - _BOTTOM
    step = width / len(columns)
    gap = min(2.0, step / 5)
    bars = []
    for n, (time, column) in enumerate(columns):
        y = float(HEIGHT - _BOTTOM)
        for name, colour in zip(names, COLOURS, strict=False):
            if count := column.get(name, 0):
                tall = height * count / top
                y -= tall
                bars.append(Bar(_LEFT + n * step + gap / 2, y, max(0.5, step - gap), tall, colour, f"{time} {name}: {count:,}"))
    every = max(1, ceil(len(columns) / 8))
    x_marks = tuple(
        (_LEFT + (n + 0.5) * step, _short(time, columns[0][0], columns[-1][0])) for n, (time, _) in enumerate(columns)
        if n % every == 0
    )  # fmt: skip
    y_marks = tuple((HEIGHT - _BOTTOM - height * part / 4, _count(top * part / 4)) for part in range(5))
    return Chart(tuple(bars), x_marks, y_marks, tuple(zip(COLOURS, names, strict=False)))


def _columns(report: Report, shown: list[str]) -> list[tuple[str, dict[str, int]]]:
    moments = report.over_time.moments
    size = ceil(len(moments) / _MOST_BARS)
    columns = []
    for start in range(0, len(moments), size):
        column: dict[str, int] = {}
        for moment in moments[start : start + size]:
            for state, count in moment.states.items():
                if not is_normal(state):
                    name = state[:2] if state[:2] in shown else OTHERS
                    column[name] = column.get(name, 0) + count
        columns.append((moments[start].time.replace("T", " "), column))
    return columns


def _ceiling(most: int) -> int:
    """A round number not below `most` that four equal steps divide well."""
    size: int = 10 ** max(0, int(log10(max(1, most))))
    if size == 1:
        return 4 * ceil(most / 4)
    return round(next(size * m for m in (1.2, 2, 4, 6, 8, 10) if size * m >= most))


def _count(value: float) -> str:
    if value >= 1_000_000:
        return f"{value / 1_000_000:g}M"
    return f"{value / 1000:g}k" if value >= 10_000 else f"{value:g}"


def _short(time: str, first: str, last: str) -> str:
    """The part of a time that differs: the clock within one day, else the date."""
    return time[11:] if first[:10] == last[:10] and len(time) > 10 else time[5:]


def png(report: Report) -> bytes | None:
    """The chart as a PNG of 1920 × 720 pixels with Latin text only; None where there is nothing to draw."""
    chart = layout(report)
    if chart is None:
        return None
    from PIL import Image, ImageDraw, ImageFont  # loaded only where it is used: 40 ms

    scale = 2
    image = Image.new("RGB", (WIDTH * scale, HEIGHT * scale), "white")
    draw = ImageDraw.Draw(image)
    font = ImageFont.load_default(13 * scale)
    for y, text in chart.y_marks:
        draw.line((chart.left * scale, y * scale, chart.right * scale, y * scale), "#dddddd", scale)
        draw.text(((chart.left - 8) * scale, y * scale), text, "#444444", font, anchor="rm")
    for bar in chart.bars:
        left, top = bar.x * scale, bar.y * scale
        box = (left, top, left + bar.width * scale - 1, max(top, top + bar.height * scale - 1))
        draw.rectangle(box, bar.colour)
    draw.line((chart.left * scale, chart.bottom * scale, chart.right * scale, chart.bottom * scale), "#444444", scale)
    for x, text in chart.x_marks:
        draw.text((x * scale, (chart.bottom + 8) * scale), text, "#444444", font, anchor="mt")
    x = float(chart.left)
    for colour, state in chart.legend:
        draw.rectangle((x * scale, 16 * scale, (x + 12) * scale, 28 * scale), colour)
        draw.text(((x + 18) * scale, 22 * scale), "others" if state == OTHERS else state, "#222222", font, anchor="lm")
        x += 96
    out = BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()
