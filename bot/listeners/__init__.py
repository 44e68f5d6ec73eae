"""One module per surface of Slack, each with `register(app, services)`.

Bolt tries its listeners one after the other on every request, so there is one per kind of payload, not one per button.
Slash commands do not come through Bolt (`commands.Commands`).
"""

from slack_bolt.async_app import AsyncApp

from bot.listeners import actions, events, home, shortcuts, steps, submissions, talk
from bot.listeners.admins import Admins
from bot.services import Services


def register_listeners(app: AsyncApp, services: Services, admins: Admins) -> None:
    """Binds every surface but the slash command to the app; the last one takes what no other did."""
    actions.register(app, services, admins)
    talk.register(app, services)
    shortcuts.register(app, services)
    submissions.register(app, services, admins)
    home.register(app, services, admins)
    steps.register(app, services)
    events.register(app, services)
