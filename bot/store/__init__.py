"""What the bot keeps: preferences, team notes, feedback, counts, seen deliveries, installations. SQLite or PostgreSQL."""

from bot.store.records import Feedback, Note, Stats, TeamSettings
from bot.store.store import Store, open_store

__all__ = ["Feedback", "Note", "Stats", "Store", "TeamSettings", "open_store"]
