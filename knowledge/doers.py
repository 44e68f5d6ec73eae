"""Who did it: the actions of a text bound to their doers."""

from collections.abc import Callable

from msgspec import Struct

from knowledge.lexicon_files import Source

_DONE_TO = frozenset({"abort", "leave", "kill"})


class Item(Struct, frozen=True):
    """One phrase found: its place in the tokens, the terms it stands for, the clause it is in."""

    start: int
    end: int
    names: tuple[str, ...]
    clause: int


class Doers:
    """Finds the doer of every action among the phrases of a text. `spelled` makes stems of phrases."""

    def __init__(self, source: Source, spelled: Callable[[tuple[str, ...]], frozenset[tuple[str, ...]]]) -> None:
        self._agents = frozenset(source.agents)
        self._actions = frozenset(source.actions)
        self._objects = spelled(source.clauses["objects"])
        self._reports = spelled(source.clauses["reports"])
        self._by = frozenset(source.clauses["by"])
        self._usually = source.usually

    def bind(self, items: list[Item], stems: list[str], suffered: set[int], features: set[str]) -> None:
        """Adds `agent.action` for every action, by who stands nearest in the right place. `suffered` are the places of
        stems that stand directly after a word of the passive ("was cut")."""
        agents = [item for item in items if not self._agents.isdisjoint(item.names)]
        doers = [item for item in agents if not self._is_object(item, stems) and not self._tells(item, stems)]
        asides = self._asides(items, stems)
        for item in items:
            actions = self._actions.intersection(item.names)
            if actions and (agent := self._doer(item, agents, doers, stems, asides)):
                if agent in ("client", "server") and actions <= _DONE_TO and self._done_to(item, agents, stems, suffered):
                    features.add(f"{agent}.cut")
                else:
                    features.update(f"{agent}.{action}" for action in actions)

    def _doer(
        self, action: Item, agents: list[Item], doers: list[Item], stems: list[str], asides: list[tuple[int, int]]
    ) -> str:
        named = self._agents.intersection
        for item in agents:
            if action.end <= item.start <= action.end + 3 and not self._by.isdisjoint(stems[action.end - 1 : item.start]):
                return next(iter(named(item.names)))
        aside = {span for span in asides if span[1] <= action.start}
        before = [i for i in doers if i.start < action.start and not any(a <= i.start < b for a, b in aside)]
        if before and before[-1].clause == action.clause:
            return next(iter(named(before[-1].names)))
        after = [i for i in doers if i.start >= action.end and i.clause == action.clause and i.start - action.end < 3]
        if after:
            return next(iter(named(after[0].names)))
        usual = next((self._usually[n] for n in action.names if n in self._usually), "")
        if usual and any(usual in item.names for item in agents):
            return usual
        return next(iter(named(before[-1].names))) if before else usual

    def _asides(self, items: list[Item], stems: list[str]) -> list[tuple[int, int]]:
        """Places of Chinese adverbials (`在 … 期间`, `在 … 之前`): who stands in them does nothing outside."""
        ends = [item for item in items if "op.in" in item.names or "op.ago" in item.names]
        spans = []
        for item in ends:
            opened = next((k for k in range(item.start - 1, max(-1, item.start - 16), -1) if stems[k] in ("在", "当")), -1)
            if opened >= 0:
                spans.append((opened, item.end))
        return spans

    def _is_object(self, item: Item, stems: list[str]) -> bool:
        return any(tuple(stems[max(0, item.start - n) : item.start]) in self._objects for n in (1, 2))

    def _tells(self, item: Item, stems: list[str]) -> bool:
        """Whether the proxy or people only tell of what another did ("haproxy logs that …", "用户反映…")."""
        if not {"proxy", "client"} & set(item.names):
            return False
        return any(tuple(stems[k : k + n]) in self._reports for k in range(item.end, item.end + 2) for n in (1, 2))

    def _done_to(self, action: Item, agents: list[Item], stems: list[str], suffered: set[int]) -> bool:
        """Whether the agent suffers the action ("users get disconnected", "用户被断开"): it stands before, nobody after."""
        if action.start not in suffered and stems[action.start - 1 : action.start] != ["被"]:
            return False
        after = (i for i in agents if action.end <= i.start <= action.end + 3)
        return not any(not self._by.isdisjoint(stems[action.end : i.start]) for i in after)
