"""One module per surface of Slack, each with `register(app, services)`.

Bolt tries its listeners one after the other on every request, so there is one per kind of payload, not one per button.
"""

from slack_bolt.async_app import AsyncApp

from bot.listeners import actions, commands, events
from bot.services import Services


def register_listeners(app: AsyncApp, services: Services) -> None:
    """Binds every surface to the app; the last one takes what no other did."""
    for surface in (commands, actions, events):
        surface.register(app, services)
