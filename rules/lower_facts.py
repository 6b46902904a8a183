"""Nodes of what is asked about author, room and target, of scope and of exemptions."""

from collections.abc import Iterable

from rules.conditions.facts import AuthorFactsAsked, RoomFactsAsked, TargetFactsAsked
from rules.durations import seconds
from rules.nodes import Every, Flag, Marked, No, Node, Number, OneOf, Some
from rules.rule import Exempt, Scope


def both(text: str, nodes: list[Node]) -> Node:
    """All nodes together; a single one stands for itself."""
    return nodes[0] if len(nodes) == 1 else Every(text=text, children=tuple(nodes))


def author_node(asked: AuthorFactsAsked) -> list[Node]:
    """What is asked of the author."""
    age, below, reached = "author.account_age_seconds", asked.account_age_below, asked.account_age_at_least
    found: list[Node] = []
    if below is not None:
        found.append(Number(text=f"author account_age < {below}", fact=age, low=None, high=seconds(below)))
    if reached is not None:
        found.append(
            Number(text=f"author account_age >= {reached}", fact=age, low=seconds(reached), high=None)
        )
    found += _one_of("author.age_band", asked.age_band)
    found += _one_of("author.role", asked.role)
    found += _at_least("author.strikes", asked.strikes_at_least)
    found += _below("author.strikes", asked.strikes_below)
    return found + _labels("author.labels", asked.has_label, asked.lacks_label)


def room_node(asked: RoomFactsAsked) -> list[Node]:
    """What is asked of the room."""
    found = _one_of("room.game", asked.games)
    found += _one_of("room.category", asked.categories)
    found += _one_of("room.strictness", asked.strictness)
    found += _flag("room.live", asked.live)
    found += _flag("room.shield", asked.shield)
    if asked.live_for_at_least is not None:
        label = f"room live_for >= {asked.live_for_at_least}"
        low = seconds(asked.live_for_at_least)
        found.append(Number(text=label, fact="room.live_seconds", low=low, high=None))
    found += _at_least("room.live_viewers", asked.live_viewers_at_least)
    found += _below("room.live_viewers", asked.live_viewers_below)
    return found + _labels("room.labels", asked.has_label, asked.lacks_label)


def target_node(asked: TargetFactsAsked) -> list[Node]:
    """What is asked of the target."""
    return _one_of("target.kind", asked.kind) + _one_of("target.age_band", asked.age_band)


def scope_node(scope: Scope) -> Node | None:
    """Where the rule applies; None is everywhere."""
    found = _one_of("room.id", scope.rooms)
    found += _one_of("room.game", scope.games)
    found += _one_of("room.category", scope.categories)
    found += _one_of("room.strictness", scope.strictness)
    found += _flag("room.shield", scope.shield)
    return both("scope", found) if found else None


def exempt_node(exempt: Exempt) -> Node | None:
    """Who is excused; None is nobody."""
    found = _one_of("author.role", exempt.roles)
    found += _one_of("author.id", exempt.authors)
    found += _one_of("room.id", exempt.rooms)
    found += _labels("author.labels", exempt.labels, ())
    return Some(text="exempt", children=tuple(found)) if found else None


def _one_of(fact: str, values: Iterable[str]) -> list[Node]:
    words = tuple(sorted(set(values)))
    return [OneOf(text=f"{fact} in [{', '.join(words)}]", fact=fact, values=words)] if words else []


def _at_least(fact: str, low: int | None) -> list[Node]:
    return [] if low is None else [Number(text=f"{fact} >= {low}", fact=fact, low=low, high=None)]


def _below(fact: str, high: int | None) -> list[Node]:
    return [] if high is None else [Number(text=f"{fact} < {high}", fact=fact, low=None, high=high)]


def _flag(fact: str, value: bool | None) -> list[Node]:
    return [] if value is None else [Flag(text=f"{fact} is {str(value).lower()}", fact=fact, value=value)]


def _labels(fact: str, has: Iterable[str], lacks: Iterable[str]) -> list[Node]:
    found: list[Node] = []
    if names := tuple(sorted(set(has))):
        found.append(Marked(text=f"{fact} has [{', '.join(names)}]", fact=fact, names=names))
    if names := tuple(sorted(set(lacks))):
        marked = Marked(text=f"{fact} has [{', '.join(names)}]", fact=fact, names=names)
        found.append(No(text="not", child=marked))
    return found
