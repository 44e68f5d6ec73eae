"""The child that reads a log for the bot: standard input → the finished answer and its picture, as one JSON object."""

import base64
import os
import sys

import msgspec

from knowledge.base import load
from knowledge.report_answer import answer
from knowledge.report_chart import png
from knowledge.report_files import summarise_files

NICE = 10
"""A log of gigabytes must not slow down answers to people."""


def main(language: str) -> int:
    """0; 1 where standard input is a damaged archive."""
    if hasattr(os, "nice"):
        os.nice(NICE)
    try:
        report = summarise_files(("-",))
    except (OSError, EOFError, ValueError):
        return 1
    found = answer(load(), report, "zh" if language == "zh" else "en")
    picture = png(report) or b""
    sys.stdout.buffer.write(msgspec.json.encode({"answer": found, "png": base64.b64encode(picture).decode()}))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "en"))
