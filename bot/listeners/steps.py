"""The Workflow Builder step "Explain HAProxy log": text in; state, verdict, blame, severity and the whole answer out."""

import logging
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.complete.async_complete import AsyncComplete
from slack_bolt.context.fail.async_fail import AsyncFail

from bot.delivery import also
from bot.listeners.replies import TALK, answer_for
from bot.manifest import STEP
from bot.render.blocks import message
from bot.render.mrkdwn import plain
from bot.services import Services
from knowledge.answer_model import Answer
from knowledge.cleaning import clean
from knowledge.language import detect
from knowledge.model import Language
from knowledge.state_answer import state_answer

log = logging.getLogger(__name__)


def register(app: AsyncApp, services: Services) -> None:
    """Takes `function_executed` for the step."""

    async def step(body: dict[str, Any], inputs: dict[str, Any], complete: AsyncComplete, fail: AsyncFail) -> None:
        event = body["event"]
        key = f"step:{event.get('function_execution_id')}"
        team = str(body.get("team_id") or "")
        services.tasks.start(_run(services, team, key, inputs, complete, fail), "workflow step")

    app.function(STEP)(step)


async def _run(
    services: Services, team: str, key: str, inputs: dict[str, Any], complete: AsyncComplete, fail: AsyncFail
) -> None:
    if not await also(key):
        return
    language: Language = "en"
    try:
        text = str(inputs.get("text") or "")
        language = _language(services, team, str(inputs.get("language") or ""), text)
        answer = answer_for(services, team, "", text, language)
        found = outputs(services, answer)
    except Exception:
        await fail(TALK(language, "step_failed"))
        raise
    if found is None:
        await fail(TALK(language, "step_nothing"))
        return
    await complete(found)
    if services.store is not None:
        services.store.count(team, answer.kind, answer.matches[0].id if answer.matches else None)


def _language(services: Services, team: str, chosen: str, text: str) -> Language:
    chosen = chosen.strip().casefold()
    if chosen in ("zh", "中文", "chinese"):
        return "zh"
    if chosen in ("en", "english", "英文"):
        return "en"
    settings = services.teams.get(team).settings
    return "zh" if detect(clean(text)) == "zh" else (settings.language if settings else None) or "en"


def outputs(services: Services, answer: Answer) -> dict[str, str] | None:
    """What the next step gets; None where the text has no state. Many lines speak of the worst state in them."""
    if answer.kind not in ("state", "log", "report", "cookie", "search") or not answer.matches:
        return None
    state = answer.matches[0].id.removeprefix("cookie:")
    own = answer
    if answer.kind == "report":
        own = state_answer(services.base, state, None, answer.language)
    verdict = str(own.data.get("verdict") or "")
    blame = own.data.get("blame") or ()
    return {
        "state": state,
        "verdict": plain(verdict),
        "blame": ", ".join(str(b) for b in blame),
        "severity": answer.severity or "info",
        "text": str(message(answer)["text"]),
    }
