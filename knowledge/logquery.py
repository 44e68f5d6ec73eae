"""What names a state and is no record: queries to log stores (KQL, Lucene, LogQL, SPL, SQL), and sentences."""

import re

_QUERY = re.compile(
    r"\|=|\|~|[\w\s](?:!=|=~|!~)\s?[\"'\0/`]"  # LogQL's filters
    r"|\|\s{0,3}(?:json|logfmt|pattern|regexp|line_format|label_format|unwrap|stats|where|filter|sort|table|timechart|top|rare"
    r"|summarize|search|rex|eval|fields|parse|project|extend|count|head|limit|dedup|sum|keep)\b"
    r"|(?<![^\s)\0\"'])(?:and|or|not|AND|OR|NOT|&&|\|\|)\s{1,3}(?:not\s|NOT\s|[(!])*[\w@.-]{1,60}\s?(?:[:=<>]|in\s|IN\s|LIKE\s)"
    r"|(?<!\S)[-!]?@[a-z][\w.]{1,60}:|(?<!\S)(?:sourcetype=|index=\S{1,60} \S{1,60}=)\S|(?i:\bselect\s.{1,200}\sfrom\s\S)"
    r"|\b(?:count_over_time|rate|bytes_rate|topk|sum|avg)\s?(?:by\s?)?\(|(?<!\S)_exists_:|\\?\*:\\?\*|(?i:\bwhere\s[\w.]+\s?(?:=|in|like)\b)"
    r"|^\s*[a-z_:]{3,100}\{\w+=\0",  # a counter of Prometheus
    re.DOTALL,
)  # fmt: skip
_MARKS = (
    "|", "!=", "=~", "!~", " and ", " or ", "not ", " AND ", " OR ", "NOT ", "&&", "@", "sourcetype=", "index=", "elect ",
    "ELECT ", "(", "_exists_:", "*:", "here ", "HERE ", "{",
)  # fmt: skip
"""Every query has one of these: looking for them costs a tenth."""
_DELIMITED = re.compile(
    r"[^|\n]*(?:\|[^|\n]*){4,}|[^;\n]*(?:;[^;\n]*){4,}|[^\t\n]*(?:\t[^\t\n]*){4,}|[^,\n]*(?:,[^ ,\n][^,\n]*){4,}"
)
_PHRASE = re.compile(r"[A-Za-z]{2} [a-z]{2}")
_ADDRESS = re.compile(r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w.])")
_PROSE = re.compile(
    r"(?<![^\s(])(?:the|an?|is|are|was|were|we|I|it|on|in|of|for|with|and|to|from|at|by|when|what|why|how|after|since|but|not|see"
    r"|getting|have|has|our|my|this|that|there|then|only|please|many|some|all|me|you|does|do|means?|log|logs)(?![^\s,.;:!?)])"
    r"|[\u3000-\u30ff\u3400-\u9fff\uac00-\ud7af]|[?!](?:\s|$)",
    re.IGNORECASE,
)


_SIGNS = tuple(
    re.compile(sign)
    for sign in (
        r"(?<![\w.])(?:\d{1,3}(?:\.\d{1,3}){3}|\[?[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){3,7}\]?):\d{1,5}(?![\w.:])",
        r"\b\d{1,12} ?ms\b",
        r"\b(?:in|out|rx|tx|up|down|sent|recv|received|bytes\w{0,12}|size)[=:] ?\d|(?<![\w.])\d{1,15} bytes\b",
        r"\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:",
        r"(?<![\w-])(?:GET|POST|PUT|HEAD|DELETE|PATCH|OPTIONS|CONNECT) (?:/|\d{3} )",
    )
)
_SETTING = re.compile(
    r"\s*(?:server|bind|default-server|server-template|cookie|acl|use_backend|default_backend|timeout|option|balance|log|capture"
    r"|log-format(?:-sd)?|error-log-format|stick(?:-table)?|redirect|source|dispatch|peer|nameserver|(?:http|tcp)-\S{1,30}|usesrc"
    r"|set|add|del|show|enable|disable|stats|mode|proxy_pass|upstream|listen|return|rewrite) "
)
"""A line of a configuration or a command."""
_PROGRAM = re.compile(r"(?<![\w.])haproxy(?![\w.=-])", re.IGNORECASE)
_ELSEWHERE = re.compile(r"(?<![\w.])(?:country|region|city|zip|geo\w{0,12}|lat|lon|currency|locale)[=:]", re.IGNORECASE)


def signs(masked: str, words: int = 0) -> int:
    """How many marks of a logged session a line has: an address with its port, a time in ms, bytes, HAProxy's date, a request.

    0 where it has more `words` that sentences have, or names a place, where SC and SD are states of another kind.
    """
    masked = masked[:2000]
    if is_prose(masked, words) or _ELSEWHERE.search(masked) is not None:
        return 0
    ours = words > 0 and _PROGRAM.search(masked) is not None  # by itself it is what people ask about
    return ours + sum(sign.search(masked) is not None for sign in _SIGNS)


def is_prose(masked: str, words: int) -> bool:
    """True for more than so many words that only sentences have."""
    return len(_PROSE.findall(masked[:600])) > words


def is_query(masked: str) -> bool:
    """True where a line, its quoted strings blanked, has the operators of a query."""
    masked = masked[:2000]
    for mark in _MARKS:
        if mark in masked:
            return _QUERY.search(masked) is not None
    return False


def is_table_row(masked: str) -> bool:
    """Five fields or more that one character parts, none of them a phrase."""
    return _DELIMITED.fullmatch(masked) is not None and _PHRASE.search(masked) is None


def is_record(text: str, masked: str) -> bool:
    """Fields that one character parts, or an address and no words: what people do not write when they ask or set something."""
    return (
        (_DELIMITED.fullmatch(masked) or _ADDRESS.search(masked)) is not None
        and _PROSE.search(text[:600]) is None
        and _SETTING.match(masked) is None
    )
