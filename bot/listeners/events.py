"""Every event that no other listener takes is acked, or Slack would deliver it three times more."""

import re

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.services import Services


def register(app: AsyncApp, services: Services) -> None:
    """Takes whatever event is left; register it last."""

    async def nothing_to_do(ack: AsyncAck) -> None:
        await ack()

    app.event(re.compile(""))(nothing_to_do)
