"""JSON log lines counted fast: where a format's fields are is found once per set of keys, then only those are looked up."""

from typing import Any

import msgspec

from knowledge import code as codes
from knowledge.report_tally import Key, key_of, stamp_of, stamp_of_date

_WANTED = ("termination_state", "status", "frontend", "backend", "server", "accepted")
_MOST_LAYOUTS = 500

Path = tuple[str, ...]
Layout = dict[str, Path]


class JsonReader:
    """Reads JSON objects, one a line, to the same key and date as `read_record` does."""

    def __init__(self) -> None:
        self._layouts: dict[tuple[str, ...], Layout | None] = {}
        self._decode = msgspec.json.Decoder(dict[str, Any]).decode

    def read(self, raw: bytes) -> tuple[Key, str] | None:
        """The key and date of a JSON line, None where it has to be read the long way."""
        try:
            record = self._decode(raw)
        except (msgspec.DecodeError, UnicodeError):
            return None
        shape = tuple(record)
        if shape not in self._layouts:
            if len(self._layouts) >= _MOST_LAYOUTS:
                return None
            self._layouts[shape] = self._learn(record, raw)
        layout = self._layouts[shape]
        return _count(record, layout) if layout is not None else None

    def _learn(self, record: dict[str, Any], raw: bytes) -> Layout | None:
        """Where the fields are, if that gives what the long way gives for this very line."""
        from knowledge.logline import read_record
        from knowledge.lognames import field_of

        layout: Layout = {}
        for path in _paths(record, ()):
            field = field_of(".".join(path))
            if field == "state":
                field = "termination_state"
            if field in _WANTED:
                layout.setdefault(str(field), path)
        found = _count(record, layout) if "termination_state" in layout else None
        line = read_record(raw.decode("utf-8", "replace"))
        if found is None or line.termination_state is None or found != (key_of(line), stamp_of(line)):
            return None
        return layout


def _paths(value: dict[str, Any], above: Path) -> list[Path]:
    found: list[Path] = []
    for key, item in value.items():
        if isinstance(item, dict):
            found += _paths(item, (*above, key)) if len(above) < 4 else []
        else:
            found.append((*above, key))
    return found


def _at(record: dict[str, Any], path: Path | None) -> Any:
    value: Any = record
    for key in path or ():
        if not isinstance(value, dict) or key not in value:
            return None
        value = value[key]
    return value if path else None


def _count(record: dict[str, Any], layout: Layout) -> tuple[Key, str] | None:
    state, backend, server = (_at(record, layout.get(name)) for name in ("termination_state", "backend", "server"))
    frontend, status = _at(record, layout.get("frontend")), _at(record, layout.get("status"))
    if not isinstance(state, str) or not codes.is_state(state):
        return None
    if isinstance(status, str):
        status = int(status) if status.isascii() and status.removeprefix("-").isdigit() else None
    names = (frontend, backend, server)
    if any(n is not None and (not isinstance(n, str) or not n or " " in n or "/" in n) for n in names):
        return None
    if status is not None and not (isinstance(status, int) and (status in (-1, 0) or 100 <= status <= 999)):
        return None
    where = f"{backend}/{server}" if backend and server else backend or server or ""
    accepted = _at(record, layout.get("accepted"))
    return (frontend or "", where, status, state), stamp_of_date(accepted if isinstance(accepted, str) else "")
