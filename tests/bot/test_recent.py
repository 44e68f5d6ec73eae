"""bot.recent: the last ones are remembered, and what is not told is not known."""

from hypothesis import given
from hypothesis import strategies as st

from bot.recent import Recent


@given(st.lists(st.sampled_from([f"v0={n:064x}" for n in range(40)])), st.integers(1, 10))
def test_the_last_ones_are_remembered_and_what_was_never_added_is_not(texts: list[str], most: int):
    recent = Recent(most)
    for n, text in enumerate(texts):
        recent.add(text)
        assert all(kept in recent for kept in texts[max(0, n + 1 - most) : n + 1])
    assert not any(f"other {text}" in recent for text in texts)


def test_what_is_discarded_is_forgotten_in_both_generations():
    recent = Recent(2)
    for text in ("a", "b", "c"):
        recent.add(text)
    assert "a" in recent
    for text in ("a", "c"):
        recent.discard(text)
        assert text not in recent
    assert "b" in recent


def test_a_string_is_remembered_for_its_time_and_at_most_as_long_again():
    now = [0.0]
    recent = Recent(1_000, 600, lambda: now[0])
    recent.add("early")
    now[0] = 599
    recent.add("late")
    now[0] = 600
    recent.add("next")
    assert "early" in recent
    assert "late" in recent
    now[0] = 1_199
    recent.add("more")
    assert "late" in recent
    now[0] = 1_801
    recent.add("much later")
    assert "late" not in recent
    assert "next" in recent
