"""Where the page of an entry is, below the place at which the reference is mounted; loads no templates."""

from knowledge import code as codes
from knowledge.base import KnowledgeBase
from knowledge.model import Cookie, Letter, Message, TimerEntry

MOUNT = "/reference"
"""The path below which the servers show the reference."""


def address(base: KnowledgeBase, id: str) -> str | None:
    """The page of an entry below its language's folder (`states/server-timeout-connect.html`), with an anchor for entries
    that share one. Named in words: code names that differ in case only are one file on many disks."""
    entry = base.get(id)
    match entry:
        case Letter():
            case = "capital" if entry.letter.isupper() else "small" if entry.letter.islower() else "dash"
            return f"letters.html#p{entry.position}-{case}-{entry.letter.lower() if entry.letter.isalpha() else 'none'}"
        case TimerEntry():
            return f"timers.html#{entry.name}"
        case Message():
            return f"messages.html#{entry.name}"
        case Cookie():
            return f"cookies/{codes.slug(entry.code, cookie=True)}.html"
    return f"states/{codes.slug(id)}.html" if codes.is_pair(id) else None
