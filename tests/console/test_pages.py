"""What holds for every page: errors are pages, nothing is inline, and there is an English one."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from api.console.names import WORDS
from api.console.render import FOLDER
from api.console.texts import LOCALE_DIR, read_catalogue
from moderation.campaigns.words import ESTIMATES_JA
from moderation.review.presets import PRESETS
from moderation.storage.database import Database
from moderation.taxonomy import Role
from moderation.trends import voices
from moderation.trends import words as trend_words

TEMPLATES = sorted((FOLDER / "templates").glob("*.html"))
PLACEHOLDER = re.compile(r"%\(\w+\)s|%d")


def texts() -> Iterator[tuple[str, str]]:
    found = extract_from_dir(
        FOLDER,
        method_map=[("templates/**.html", "jinja2.ext:babel_extract"), ("**.py", "python")],
        options_map={"templates/**.html": {"trimmed": "true"}},
        keywords={"_": None, "N_": None, "ngettext": (1, 2)},
    )
    for path, _, message, *_ in found:
        yield path, message if isinstance(message, str) else message[0]
    for name, words in WORDS.items():
        yield from ((name, text) for text in words.values())
    yield from (("presets", preset.label) for preset in PRESETS)
    for meanings in (trend_words.DEFINITIONS, voices.DEFINITIONS, ESTIMATES_JA.items()):
        yield from (("meanings", text) for pair in meanings for text in pair)


def test_every_text_has_its_english():
    english = read_catalogue("en")

    missing = [(path, text) for path, text in texts() if text not in english or not english[text].string]
    assert missing == []


def test_english_keeps_the_placeholders():
    catalogue = read_catalogue("en")
    for _, text in texts():
        english = str(catalogue[text].string)
        assert sorted(PLACEHOLDER.findall(text)) == sorted(PLACEHOLDER.findall(english)), text


def test_no_english_is_left_over():
    used = {text for _, text in texts()}
    with (LOCALE_DIR / "en.po").open("rb") as file:
        left_over = [message.id for message in read_po(file) if message.id and message.id not in used]

    assert left_over == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_templates_hold_no_bare_japanese_and_nothing_inline(path: Path):
    source = path.read_text(encoding="utf-8")
    outside = re.sub(r"\{[{%].*?[}%]\}", "", source, flags=re.DOTALL)

    assert re.findall(r"[ぁ-んァ-ヶ一-龠]+", outside) == []
    assert re.findall(r"\sstyle=|<style|\son\w+=|<script(?![^>]*src=)", source) == []


@pytest.fixture
def pages(visit, desk):
    case_id = desk.case(at=datetime.now(UTC))
    desk.report(case_id)
    admin = visit("admin", Role.ADMIN)
    admin.post("/console/next")
    return admin, [
        "/console/queue",
        f"/console/cases/{case_id}",
        "/console/reports",
        "/console/settings",
        "/console/settings/keys",
        "/console/settings/webhooks",
        "/policies",
    ]


def test_pages_allow_only_our_own_scripts_and_styles(pages):
    admin, paths = pages
    for path in paths:
        policy = admin.get(path).headers["content-security-policy"]
        assert "script-src 'self'" in policy
        assert "unsafe" not in policy


def test_what_the_pages_ask_for_is_there(pages):
    admin, paths = pages
    for path in paths:
        for address in re.findall(r'(?:src|href)="(/console/static/[^"]+)"', admin.get(path).text):
            answer = admin.get(address)
            assert answer.status_code == 200
            assert "immutable" in answer.headers["cache-control"]


def test_every_page_can_be_read_in_english(pages):
    admin, paths = pages
    admin.client.cookies.set("ibasho_lang", "en")
    for path in paths:
        page = admin.get(path).text
        assert '<html lang="en"' in page
        assert "Review queue" in page
        assert "審査キュー" not in page


def test_language_and_theme_are_kept(visit):
    aoki = visit("aoki")
    answer = aoki.get("/console/queue?lang=en&theme=dark")

    assert 'data-theme="dark"' in answer.text
    assert '<html lang="en"' in aoki.get("/console/queue").text
    assert '<html lang="ja"' in aoki.get("/console/queue?lang=ja").text
    assert 'data-theme="dark"' in aoki.get("/console/queue?theme=%3Cscript%3E").text


@pytest.mark.parametrize(
    ("method", "path", "status", "text"),
    [
        ("GET", "/console/nothing", 404, "お探しのページはありません"),
        ("GET", "/console/next", 405, "この操作はできません"),
        ("GET", "/console/settings", 403, "リーダーに依頼"),
    ],
)
def test_errors_are_pages(visit, method, path, status, text):
    answer = visit("aoki").client.request(method, path)

    assert (answer.status_code, answer.headers["content-type"]) == (status, "text/html; charset=utf-8")
    assert text in answer.text
    assert "審査キュー" in answer.text


def test_a_store_that_does_not_answer_is_said_in_words(visit, sqlite_database: Database):
    aoki = visit("aoki")
    with sqlite_database.main.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE cases RENAME TO elsewhere")

    answer = aoki.get("/console/queue")

    assert answer.status_code == 503
    assert "データベースが応答していません" in answer.text


def test_the_criteria_are_public(stranger):
    page = stranger.get("/policies").text

    assert "H-1" in page
    assert "侮辱・誹謗中傷の禁止" in page


def test_settings_show_names_and_never_secrets(visit, sqlite_database: Database):
    from moderation.storage.accounts import accounts
    from moderation.storage.webhooks import endpoints
    from tests.support.servers import make_key

    secret = make_key(sqlite_database)
    now = datetime.now(UTC)
    with sqlite_database.write() as unit:
        hook = endpoints.add(unit.connection, service="test", url="https://example.com/hook", now=now)
        hashed = accounts.find_key(unit.connection, secret)
    admin = visit("admin", Role.ADMIN)
    page = "".join(admin.get(f"/console/settings{part}").text for part in ("", "/keys", "/webhooks"))

    assert "tests" in page
    assert "https://example.com/hook" in page
    assert hook.secret not in page
    assert secret not in page
    assert hashed is not None
    assert "unusable" not in page  # the password hash
