"""No possessive repetition of a group: Python before 3.11.5 (Debian 12 has 3.11.2) matches it wrongly.

An iteration that fails halfway leaves its characters taken (gh-106052): `(?:/\\d){1,8}+` takes the last slash of `1/2/`.
The atomic group `(?>(?:…)*)` says the same and is matched right; a repeated character or class (`[^"]++`) is no trouble.
"""

import re
from pathlib import Path

import pytest

import bot
import knowledge

_POSSESSIVE = re.compile(r"(?<!\\)\)(?:[*+?]|\{[\d,]+\})\+")
_SOURCES = sorted(path for package in (bot, knowledge) for path in Path(package.__path__[0]).rglob("*.py"))


@pytest.mark.parametrize("path", _SOURCES, ids=lambda path: path.stem)
def test_no_group_is_repeated_possessively(path: Path) -> None:
    found = [line for line in path.read_text().splitlines() if _POSSESSIVE.search(line)]
    assert not found, "write (?>(?:…)*) instead of (?:…)*+"
