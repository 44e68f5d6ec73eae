"""Widths and wrapping in terminal cells: wcwidth's, which is loaded only for a text that has more than narrow characters.

Loading it takes as long as the rest of `haflag explain` (30 ms), and nearly all English texts are narrow.
"""

import re
from textwrap import wrap as wrap_narrow

_NARROW = re.compile("[ -~¡-¬®-˿‐-‧‰]*")
"""Latin letters and signs, and the dashes, quotes and dots between them: a cell each, and nothing that combines."""


def width(text: str) -> int:
    """Cells that `text` takes."""
    if _NARROW.fullmatch(text):
        return len(text)
    import wcwidth

    return wcwidth.width(text)


def wrap(text: str, room: int, *, initial_indent: str = "", subsequent_indent: str = "") -> list[str]:
    """`text` in lines of at most `room` cells."""
    if _NARROW.fullmatch(text):
        lines = wrap_narrow(text, room, initial_indent=initial_indent, subsequent_indent=subsequent_indent)
        return [line.rstrip() for line in lines]
    import wcwidth

    return wcwidth.wrap(text, room, initial_indent=initial_indent, subsequent_indent=subsequent_indent)
