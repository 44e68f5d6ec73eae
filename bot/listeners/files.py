"""Log files that people drop: says at once that it is reading, and puts the report in that message's place."""

import logging
from typing import Any

import msgspec
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot import api_errors
from bot.delivery import lasts
from bot.listeners.posting import Spot, post, update
from bot.listeners.replies import TALK, said
from bot.logs import fields
from bot.render.blocks import notice
from bot.reports import FileRefused, FileReport
from bot.services import Services
from knowledge.answer_model import Answer, Table
from knowledge.language import sentences
from knowledge.model import Language

log = logging.getLogger(__name__)

FILES = 3
"""Files of one message that are read."""
LINES = 40
"""Lines of a report in a message, its chart included."""
BARS = 14
_REPORT = sentences("report").say


async def report(
    services: Services, client: AsyncWebClient, team: str, spot: Spot, files: list[dict[str, Any]], granted: frozenset[str]
) -> None:
    """One report per file, each below the other; the chart as a picture too where `files:write` is granted."""
    for number, file in enumerate(files[:FILES]):
        name = str(file.get("name") or file.get("title") or "log").replace("`", "ʼ")[:80]
        ts = await post(client, spot, notice(TALK(spot.language, "reading_file", file=name)))
        if not ts:
            return
        lasts()
        more = TALK(spot.language, "file_more", count=FILES) if number == FILES - 1 and len(files) > FILES else ""
        try:
            found = await services.reports.of_file(client, file, spot.language)
        except FileRefused as refused:
            log.info("file refused", extra=fields(why=refused.key))
            why = TALK(spot.language, refused.key, **refused.words)
            await update(client, spot.channel, ts, notice(f"`{name}`: {why} {more}".strip()))
            continue
        shown = with_chart(found.answer, spot.language)
        note = f"{TALK(spot.language, 'file_done', file=name)} {more}".strip()
        message = said(services, team, shown, public=not spot.direct, share=False, lines_most=LINES, note=note)
        await update(client, spot.channel, ts, message)
        if found.png and "files:write" in granted:
            await _picture(client, spot, ts, found)


def with_chart(answer: Answer, language: Language) -> Answer:
    """A report with its failures over time where everybody sees them: as bars of text, which need no upload."""
    titles = {_REPORT(language, f"over_time_{unit}") for unit in ("minute", "hour", "day")}
    chart = next((part for part in answer.details if isinstance(part, Table) and part.label in titles), None)
    if chart is None:
        return answer
    busiest = sorted(range(len(chart.rows)), key=lambda n: -chart.rows[n][1].count("█"))[:BARS]
    rows = tuple(chart.rows[n] for n in sorted(busiest))
    return msgspec.structs.replace(answer, summary=(*answer.summary, msgspec.structs.replace(chart, rows=rows)))


async def _picture(client: AsyncWebClient, spot: Spot, ts: str, found: FileReport) -> None:
    """The chart as a picture below the report."""
    title = _REPORT(spot.language, "chart_title")
    try:
        await client.files_upload_v2(
            channel=spot.channel, thread_ts=spot.thread or ts, file=found.png, filename="haflag.png", title=title,
            alt_txt=found.answer.title,
        )  # fmt: skip
    except SlackApiError as error:
        log.info("no picture", extra=fields(error=api_errors.code(error)))
    except Exception as error:
        log.warning("no picture", extra=fields(error=type(error).__name__))
