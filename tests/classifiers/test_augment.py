from classifiers.augment import joined, spoken
from classifiers.lexicon import Entry, Lexicon
from classifiers.small_talk import small_talk
from classifiers.views import Views
from tests.classifiers import samples

LEXICON = Lexicon(
    (
        Entry(
            category="insult",
            term="馬鹿",
            severity=2,
            exceptions=("馬鹿力",),
            target=True,
            also=("profanity",),
        ),
        Entry(category="insult", term="下手すぎ", severity=1, target=True),
    )
)


def test_joined_lines_carry_the_labels_of_all_their_parts():
    rows = samples.rows()
    by_text = {row.text: row for row in rows}

    for made in joined(rows, 50, seed=1):
        parts = [row for text, row in by_text.items() if text in made.text]
        assert made.categories <= frozenset().union(*(row.categories for row in parts))


def test_an_expression_is_spoken_alone_and_at_somebody_and_what_excuses_it_is_harmless():
    made = spoken(LEXICON, seed=1)

    harmful = [row for row in made if row.categories]
    assert {row.categories for row in harmful} == {frozenset({"insult", "profanity"}), frozenset({"insult"})}
    assert next(row.text for row in made if not row.categories).startswith("馬鹿力")
    assert all(LEXICON.find(Views(row.text)) for row in harmful)


def test_a_mild_expression_is_harm_only_where_somebody_is_called():
    mild = [row.text for row in spoken(LEXICON, seed=1) if row.group.endswith("下手すぎ")]

    assert len(mild) == 1
    assert not mild[0].startswith("下手")


def test_made_lines_are_the_same_for_the_same_seed():
    assert [row.text for row in small_talk(50, seed=3)] == [row.text for row in small_talk(50, seed=3)]
    assert [row.text for row in spoken(LEXICON, seed=3)] == [row.text for row in spoken(LEXICON, seed=3)]


def test_small_talk_is_harmless_varied_and_whole():
    rows = small_talk(500, seed=1)

    assert not any(row.categories or row.minors for row in rows)
    assert len({row.text for row in rows}) > 400
    assert not any("{" in row.text for row in rows)
