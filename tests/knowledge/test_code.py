"""knowledge.code: alphabets, spellings, near misses."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge import code as codes


def test_the_table_has_its_size():
    assert [len(alphabet) for alphabet in codes.POSITIONS] == [12, 8, 8, 7]
    assert len(set(codes.PAIRS)) == 96
    assert len(set(codes.PAIRS)) * len(set(codes.COOKIE_PAIRS)) == 5376


def test_every_state_parses_to_itself():
    for pair, cookie in product(codes.PAIRS, codes.COOKIE_PAIRS):
        assert codes.parse(pair + cookie) == pair + cookie


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("—", "--"), ("–", "--"), ("−−", "--"), ("cD—", "cD--"), ("sC––", "sC--"), ("----", "----"), ("——", "----"),
        ("—NI", "--NI"), ("L—", "L-"), ("L-", "L-"), (" cD ", "cD"), ("cd", None), ("xyz", None), ("", None), ("S", None),
    ],
)  # fmt: skip
def test_spellings(typed: str, meant: str | None):
    assert codes.parse(typed) == meant


def test_case_is_never_picked_silently():
    assert codes.parse("cd") is None
    assert codes.case_variants("cd") == ("cD", "CD")
    assert codes.case_variants("Sc") == ("SC", "sC")
    assert codes.case_variants("crvn") == ("cRVN", "CRVN")


def test_a_fault_names_the_character_and_what_is_legal():
    fault = codes.fault("xD")
    assert (fault.position, fault.character, fault.legal) == (1, "x", codes.POSITIONS[0])
    assert {c[1] for c in fault.nearest} == {"D"}
    assert codes.fault("cDXN").position == 3
    assert codes.fault("xyz").position == 0
    assert all(codes.is_state(c) for c in codes.fault("qq--").nearest)


def test_slugs_are_unique_where_case_is_folded():
    assert len({codes.slug(p).casefold() for p in codes.PAIRS}) == 96
    assert len({codes.slug(p, cookie=True) for p in codes.COOKIE_PAIRS}) == 56


@given(st.text())
def test_no_text_raises(text: str):
    parsed = codes.parse(text)
    assert parsed is None or codes.is_state(parsed)
    if parsed is None:
        assert all(codes.is_state(c) for c in codes.fault(text).nearest)
