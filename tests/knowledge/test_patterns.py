"""What must hold of patterns: no possessive repetition of a group, and words by which messages are found.

Python before 3.11.5 (Debian 12 has 3.11.2) matches such a repetition wrongly: an iteration that fails halfway leaves its
characters taken (gh-106052), so that `(?:/\\d){1,8}+` takes the last slash of `1/2/`. The atomic group `(?>(?:…)*)` says the
same and is matched right; a repeated character or class (`[^"]++`) is no trouble.
"""

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import bot
import knowledge
from knowledge.lognotices import messages
from knowledge.model import Message

MESSAGES = [entry for entry in knowledge.load() if isinstance(entry, Message)]
_POSSESSIVE = re.compile(r"(?<!\\)\)(?:[*+?]|\{[\d,]+\})\+")
_SOURCES = sorted(path for package in (bot, knowledge) for path in Path(package.__path__[0]).rglob("*.py"))


@pytest.mark.parametrize("path", _SOURCES, ids=lambda path: path.stem)
def test_no_group_is_repeated_possessively(path: Path) -> None:
    found = [line for line in path.read_text().splitlines() if _POSSESSIVE.search(line)]
    assert not found, "write (?>(?:…)*) instead of (?:…)*+"


@pytest.mark.parametrize("message", MESSAGES, ids=lambda m: m.name)
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_what_a_message_matches_has_one_of_its_words(message: Message, data: st.DataObject):
    said = data.draw(st.from_regex(message.pattern, alphabet=st.characters(codec="ascii")))
    assert any(word in said.casefold() for word in message.words)
    assert message.id in dict(messages(said))
