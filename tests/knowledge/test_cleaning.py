"""knowledge.cleaning: what Slack, phones and input methods do to a text is undone, and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.cleaning import clean


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("app/&lt;NOSRV&gt; a=1&amp;b=2", "app/<NOSRV> a=1&b=2"),
        ("&amp;lt;BADREQ&amp;gt;", "<BADREQ>"),
        ("<http://192.0.2.7:8080|192.0.2.7:8080>", "192.0.2.7:8080"),
        ("<https://example.com/a?b=1>", "https://example.com/a?b=1"),
        ("<mailto:ops@example.com|ops@example.com>", "ops@example.com"),
        ("<@U024BE7LH> cD", " cD"),
        ("<@U024BE7LH|ana> cD", " cD"),
        ("<#C024BE7LH|ops> 503", "#ops 503"),
        ("<!channel> <!subteam^SAZ94GDB8|@ops> x", "  x"),
        ("<!date^1392734382^{date}|18 Feb>", "18 Feb"),
        ("<134>Nov 24 <NOSRV>", "<134>Nov 24 <NOSRV>"),
        ("```sC-- 503```", "sC-- 503"),
        ("```log\nline sC--\n```", "\nline sC--\n"),
        ("`sC--`", "sC--"),
        ("&gt; quoted sC--\n&gt; more", "quoted sC--\nmore"),
        ("*sC--* and _cD_", "sC-- and cD"),
        ("fe_main~ {*/*} /a*b*c a_b_c", "fe_main~ {*/*} /a*b*c a_b_c"),
        ("“sC--” it’s", '"sC--" it\'s'),
        ("ｓＣ－－ ５０３", "sC-- 503"),
        ("客户端断开，怎么办？", "客户端断开，怎么办？"),
        ("a\u00a0b\u200bc\ufeff\u3000d", "a bc d"),
        ("one\r\ntwo\rthree", "one\ntwo\nthree"),
        ("\x1b[31msC--\x1b[0m", "sC--"),
    ],
)
def test_what_chat_does_is_undone(typed: str, meant: str):
    assert clean(typed) == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("—", "--"),
        ("–", "--"),
        ("sC—", "sC--"),
        ("sC–", "sC--"),
        ("sC–怎么办", "sC--怎么办"),
        ("sC——", "sC--"),
        ("–NI", "--NI"),
        ("—NI", "--NI"),
        ("–1/–1/–1", "-1/-1/-1"),
        ("pre‑connect", "pre-connect"),
        ("客户端断开——怎么办", "客户端断开, 怎么办"),
    ],
)
def test_dashes_are_those_that_were_typed(typed: str, meant: str):
    assert clean(typed) == meant


@given(st.text())
def test_any_text_is_cleaned_once_and_for_all(text: str):
    once = clean(text)
    assert clean(once) == once or "<" in text or "&" in text or "`" in text or "*" in text or "_" in text or "—" in text


@given(st.lists(st.text(st.characters(min_codepoint=32, max_codepoint=126, exclude_characters="<>&`*_"), max_size=30)))
def test_plain_lines_stay_as_they_are(lines: list[str]):
    text = "\n".join(lines)
    assert clean(text) == text


@pytest.mark.parametrize("hostile", ["<", "&amp;", "&", "`", "*", "_", ">", "—", "<a|", "*a", "\x1b["])
def test_hostile_repetition_is_survived(hostile: str):
    assert isinstance(clean(hostile * 20_000), str)
