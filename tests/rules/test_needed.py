"""Looking for a needed character first must never lose a pattern's match."""

from hypothesis import given
from hypothesis import strategies as st

from rules.index import PatternIndex
from rules.load import load_folder
from rules.needed import needed_chars, seeker
from rules.nodes import Regexes, walk
from rules.patterns import compiled
from rules.plan import plan_of

PATTERNS = (
    "^.$", "^..?a{0,2}$", "(?m)^.$", "(?i)https?[:：]//", "[0-9]{2,}円?", "住所|郵便", "a|", "(?i)k+", "(?i)é", r"\d+x*", r"\pN+",
    "[^a]", "(?P<n>xy)", "(?:あ|b)?c", "[■□▓]{2,}", "[😀-🙏]{2,}", "(?i:S)t", "(a|[あ-ん]{2})d", "(?s).x",
)  # fmt: skip

pieces = st.sampled_from(
    [*"aAbcdkKsStTxyé.／0123٣住所郵便■□😀🙏あん円:/", "\u212a", "\u017f", "http", "HTTPS://", "xy"]
)


@given(st.lists(pieces, max_size=8).map("".join))
def test_the_index_finds_what_each_pattern_finds_alone(text):
    index = PatternIndex(PATTERNS)
    names = {number: pattern for pattern, number in index.numbers.items()}

    assert {names[number] for number in index.find(text)} == {
        pattern for pattern in PATTERNS if compiled(pattern).search(text)
    }


def test_most_of_our_own_patterns_can_be_passed_over():
    loaded = load_folder()
    lists = {one.id: one for one in loaded.lists}
    plans = [plan_of(item, lists, str)[0] for item in loaded.rules]
    nodes = [node for plan in plans if plan for node in walk(plan.when) if isinstance(node, Regexes)]
    patterns = {pattern for node in nodes for pattern in node.patterns}

    assert sum(needed_chars(pattern) is not None for pattern in patterns) >= 0.7 * len(patterns)


def test_what_python_cannot_parse_is_always_asked():
    assert needed_chars(r"\pN") is None


@given(
    st.frozensets(st.characters(), max_size=8) | st.just(frozenset("^-]\\[&~|😀😁🙂")), st.text(max_size=12)
)
def test_seeking_finds_the_same_as_looking_at_each_character(chars, text):
    assert (seeker(chars)(text) is None) == chars.isdisjoint(text)
    assert all(seeker(chars)(char) is not None for char in chars)
