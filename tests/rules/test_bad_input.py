"""Bad rule files are refused with file and line, all at once; the sound ones run."""

import pytest

from rules.checks import check
from rules.load import MAX_FILES, MAX_RULE_BYTES, load_folder, load_sources
from tests.rules.support import SOUND, PlainViews, fold


def problems_of(text: str | bytes, path: str = "insult/example.yaml", lists=None):
    loaded = load_sources({path: text}, lists or {})
    return check(loaded, fold=fold, views_of=PlainViews, policies=["H-1", "P-1"])


def test_the_sound_rule_has_no_problems():
    assert problems_of(SOUND) == ()


CASES = [
    ("an unknown key", ("title:", "titel:"), 4, "unknown_key", "did you mean 'title'?"),
    ("a missing key", ("policy: H-1\n", ""), 1, "missing_key", ""),
    ("a misspelled word", ("medium", "meduim"), 6, "unknown_word", "did you mean 'medium'?"),
    (
        "an unknown category",
        ("category: insult", "category: insults"),
        5,
        "unknown_word",
        "did you mean 'insult'?",
    ),
    ("an unknown condition", ("  terms:", "  term:"), 14, "unknown_condition", "did you mean 'terms'?"),
    ("a clause that is not there", ("H-1", "H-9"), 8, "no_policy", "did you mean 'H-1'?"),
    ("on as a key", ("terms: [だめなことば]", "on: [だめなことば]"), 14, "yaml_trap", '"on" in quotes'),
    ("no as a term", ("[だめなことば]", "[だめなことば, no]"), 14, "yaml_trap", '"no" in quotes'),
    (
        "a time that YAML reads as a number",
        ("terms: [だめなことば]", "time: {from: 22:00, to: '05:00'}"),
        14,
        "yaml_trap",
        "22:00",
    ),
    ("a number with a leading zero", ("version: 1", "version: 01"), 2, "yaml_trap", ""),
    (
        "a number among terms",
        ("[だめなことば]", "[だめなことば, 110]"),
        14,
        "not_text",
        'write "110" in quotes',
    ),
    ("an anchor", ("[だめなことば]", "&a [だめなことば]"), 14, "anchor", ""),
    ("a merge key", ("when:\n", "when:\n  <<: {a: b}\n"), 14, "anchor", ""),
    ("a tag", ("[だめなことば]", "!!python/name:os.system [x]"), 14, "tag", ""),
    ("a doubled key", ("version: 1\n", "version: 1\nversion: 2\n"), 3, "doubled_key", "first in line 2"),
    ("a second document", ("tests:", "---\ntests:"), 18, "second_document", "one rule a file"),
    ("a tab", ("  terms", "\tterms"), 14, "bad_yaml", ""),
    ("an open bracket", ("[よいことばだ]", "[よいことばだ"), None, "bad_yaml", ""),
    ("a pattern RE2 refuses", ("terms: [だめなことば]", "patterns: ['(?=だめ)']"), 14, "bad_pattern", "(?="),
    ("an empty match", ("terms: [だめなことば]", "patterns: ['(だめ)?']"), 14, "bad_pattern", "empty text"),
    (
        "a pattern for everything",
        ("terms: [だめなことば]", "patterns: ['.']"),
        14,
        "bad_pattern",
        "everything",
    ),
    ("a list that is not there", ("terms: [だめなことば]", "lists: [no_such]"), 14, "no_list", "no_such"),
    ("a term that folding empties", ("[だめなことば]", "['  ', だめなことば]"), 14, "vanishes", ""),
    (
        "a rule that holds everything",
        ("terms: [だめなことば]", "not: {terms: [だめなことば]}"),
        13,
        "too_broad",
        "",
    ),
    ("a test that does not fire", ("[だめなことばだ]", "[よい]"), 19, "test_fails", "does not fire"),
    ("a test that is not silent", ("[よいことばだ]", "[だめなことば]"), 20, "test_fails", "should be silent"),
    (
        "a window in a test that the rule has not",
        ("[よいことばだ]", "[{text: よい, windows: {pase: 3}}]"),
        20,
        "no_window",
        "",
    ),
    ("an id that is not the path", ("insult.example", "insult.other"), 1, "id_not_path", "insult/other.yaml"),
    (
        "a category that is not the folder",
        ("category: insult", "category: threat"),
        5,
        "category_not_folder",
        "",
    ),
    ("a version that is no number", ("version: 1", "version: one"), 2, "wrong_value", "version"),
    ("a true version", ("version: 1", "version: true"), 2, "wrong_value", "version"),
    ("a score of 2", ("score: 0.5", "score: 2"), 7, "wrong_value", "score"),
    ("a score that is no number", ("score: 0.5", "score: nan"), 7, "wrong_value", "score"),
    (
        "a rule that does nothing",
        ("  review: {queue: general, priority: 50}\n", ""),
        15,
        "wrong_value",
        "does nothing",
    ),
    (
        "an end before the beginning",
        ("date: 2026-11-22", "date: 2026-11-22\nexpires_at: 2026-01-01T00:00:00+09:00"),
        13,
        "expires_before_date",
        "",
    ),
    (
        "an end without offset",
        ("date: 2026-11-22", "date: 2026-11-22\nexpires_at: 2027-01-01T00:00:00"),
        13,
        "wrong_value",
        "timezone",
    ),
    (
        "a window of a week",
        (
            "terms: [だめなことば]",
            "window: {name: w, count: messages, by: [author], within: 7d, at_least: 3}",
        ),
        14,
        "wrong_value",
        "24h",
    ),
    (
        "a window of two measures",
        (
            "terms: [だめなことば]",
            "window: {name: w, count: messages, distinct: author, by: [room], within: 1m, at_least: 3}",
        ),
        14,
        "wrong_value",
        "exactly one",
    ),
    (
        "a window inside a window",
        (
            "terms: [だめなことば]",
            "window: {name: w, count: messages, by: [author], within: 1m, at_least: 3, where: {window: {name: v, count: messages, by: [room], within: 1m, at_least: 3}}}",
        ),
        14,
        "window_in_window",
        "",
    ),
    (
        "a reading of every message",
        ("terms: [だめなことば]", "{terms: [だめなことば], mode: reading}"),
        13,
        "reads_everything",
        "",
    ),
    ("a whole file of text", (SOUND, "ただの文"), 1, "not_a_mapping", ""),
    ("a list as a file", (SOUND, "- a\n- b\n"), 1, "not_a_mapping", ""),
    ("an empty file", (SOUND, ""), 1, "empty", ""),
    ("only a comment", (SOUND, "# nothing\n"), 1, "empty", ""),
]


@pytest.mark.parametrize(
    ("change", "line", "code", "says"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_each_mistake_is_named_with_its_line_and_a_way_out(change, line, code, says):
    assert change[0] in SOUND

    problems = problems_of(SOUND.replace(*change, 1))

    found = [problem for problem in problems if problem.code == code]
    assert found, [str(problem) for problem in problems]
    assert line is None or found[0].line == line, str(found[0])
    assert says in str(found[0])
    assert str(found[0]).startswith("insult/example.yaml")


def test_all_mistakes_are_told_at_once():
    text = (
        SOUND.replace("title:", "titel:").replace("medium", "meduim").replace("verdict: none", "verdict: nun")
    )

    assert {problem.line for problem in problems_of(text)} >= {1, 4, 6, 16}


def test_a_katakana_pattern_over_the_folded_view_is_told_to_be_hopeless():
    text = SOUND.replace("terms: [だめなことば]", "patterns: ['ダメ']").replace("[だめなことばだ]", "[ダメ]")
    loaded = load_sources({"insult/example.yaml": text}, {})

    problems = check(loaded, fold=lambda typed: typed.replace("ダ", "だ").replace("メ", "め"))

    assert [problem.code for problem in problems] == ["not_folded"]
    assert "だ" in (problems[0].hint or "")


def test_bytes_that_are_not_utf8():
    [problem] = problems_of("title: だ".encode("shift_jis"))

    assert problem.code == "not_utf8"


def test_half_a_character_in_a_text():
    [problem] = problems_of(SOUND.replace("例", "\udc82"))

    assert problem.code == "not_utf8"


def test_a_byte_order_mark_is_read_over():
    assert problems_of(b"\xef\xbb\xbf" + SOUND.encode()) == ()


def test_twenty_megabytes_are_refused_before_they_are_read():
    [problem] = problems_of("a" * 20_000_000)

    assert problem.code == "too_large"
    assert f"{MAX_RULE_BYTES:,}" in problem.what


def test_too_many_files_are_refused():
    loaded = load_sources(
        dict.fromkeys((f"insult/r{number}.yaml" for number in range(MAX_FILES + 1)), SOUND), {}
    )

    assert [problem.code for problem in loaded.problems] == ["too_many"]


def test_a_bomb_of_aliases_is_never_grown():
    bomb = "a: &a [x,x,x,x,x,x,x,x]\n" + "".join(
        f"{name}: &{name} [{','.join(['*' + before] * 8)}]\n"
        for before, name in zip("abcdefgh", "bcdefghi", strict=True)
    )

    first, *others = load_sources({"insult/example.yaml": bomb}, {}).problems

    assert (first.code, first.line) == ("anchor", 1)
    assert len(others) < 200


def test_deep_nesting_is_refused():
    [problem] = problems_of("a: " + "[" * 20_000)

    assert problem.code in {"too_deep", "bad_yaml"}


def test_a_file_that_cannot_be_read_or_has_another_suffix_is_named(tmp_path):
    (tmp_path / "packs" / "insult").mkdir(parents=True)
    (tmp_path / "lists").mkdir()
    (tmp_path / "packs" / "insult" / "example.yml").write_text(SOUND, encoding="utf-8")
    (tmp_path / "packs" / "insult" / "folder.yaml").mkdir()

    loaded = load_folder(tmp_path / "packs", tmp_path / "lists")

    assert [problem.code for problem in loaded.problems] == ["suffix", "unreadable"]
    assert [problem.code for problem in load_folder(tmp_path / "nowhere", tmp_path / "lists").problems] == [
        "no_folder"
    ]


def test_a_yaml_trap_hides_nothing_else():
    text = (
        SOUND.replace("terms: [だめなことば]", "on: [だめなことば, no]")
        .replace("severity: medium", "severity: meduim")
        .replace("version: 1", "version: 1\nversion: 2")
        .replace("[よいことばだ]", "&a [よいことばだ]")
    )

    found = [(one.line, one.code) for one in problems_of(text)]

    assert found == [
        (3, "doubled_key"),
        (7, "unknown_word"),
        (15, "yaml_trap"),
        (15, "yaml_trap"),
        (21, "anchor"),
    ]


def test_a_file_of_traps_is_given_up():
    text = SOUND.replace("[だめなことば]", "[" + ", ".join(["no"] * 5_000) + "]")

    assert len(load_sources({"insult/example.yaml": text}, {}).problems) == 101
