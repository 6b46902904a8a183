"""Files that inquiry tools export: CSV and JSON Lines, UTF-8 and Shift_JIS; bad rows are named."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.errors import Invalid
from moderation.reports.sheet import SheetKind, read_sheet

CSV = '通報ID,通報者ID,対象の種類,対象ID,理由,内容,日時\r\nrp-1,u-9,author,u-1,insult,"一行目\r\n二行目",2026/08/20 12:00\r\n'
BODY = {
    "id": "rp-1",
    "reporter_id": "u-9",
    "subject": {"kind": "author", "id": "u-1"},
    "reason": "insult",
    "text": "一行目\r\n二行目",
    "reported_at": "2026-08-20T12:00:00+09:00",
}


@pytest.mark.parametrize(
    ("raw", "encoding"),
    [
        (CSV.encode(), "UTF-8"),
        (b"\xef\xbb\xbf" + CSV.encode(), "UTF-8"),
        (CSV.encode("cp932"), "Shift_JIS"),
    ],
    ids=["utf-8", "with a mark", "shift_jis"],
)
def test_a_report_is_read_in_each_encoding(raw, encoding):
    sheet = read_sheet(raw, SheetKind.REPORTS, jsonl=False)

    assert (sheet.encoding, [row.body for row in sheet.rows]) == (encoding, [BODY])


def test_an_inquiry_keeps_its_ticket():
    raw = b"id,topic,text,ticket_id\niq-1,payment,\xe8\xb3\xbc\xe5\x85\xa5,CS-9\n"

    [row] = read_sheet(raw, SheetKind.INQUIRIES, jsonl=False).rows

    assert row.body == {"id": "iq-1", "topic": "payment", "text": "購入", "ticket_id": "CS-9"}


def test_bad_rows_are_named_with_their_line_and_the_others_stay():
    raw = "id,reporter_id,subject_id,reason,reported_at\na,u,m,insult,\n,u,m,insult,\nb,u,m,insult,きのう\n".encode()

    rows = read_sheet(raw, SheetKind.REPORTS, jsonl=False).rows

    assert [(row.line, row.error) for row in rows] == [
        (2, ""),
        (3, "lacks id"),
        (4, "reported_at 'きのう' is no time; write 2026-05-01 13:30"),
    ]


def test_json_lines():
    rows = read_sheet(b'{"id": "a"}\n\n[1]\n{"id"\n', SheetKind.REPORTS, jsonl=True).rows

    assert [(row.line, row.body is not None) for row in rows] == [(1, True), (3, False), (4, False)]


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ("id,通報者\n".encode(), "lacks subject_id"),
        (b"", "line 1 has nothing"),
        (b"id,reporter_id\n\xff\xfe\x00\x81", "line 2: neither UTF-8 nor Shift_JIS"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(raw, said):
    with pytest.raises(Invalid) as refused:
        read_sheet(raw, SheetKind.REPORTS, jsonl=False)

    assert said in refused.value.problems[0].detail


@given(st.binary(max_size=200), st.sampled_from(SheetKind), st.booleans())
def test_any_bytes_are_read_or_refused(raw, kind, jsonl):
    try:
        rows = read_sheet(raw, kind, jsonl=jsonl).rows
    except Invalid:
        return
    assert all((row.body is None) == bool(row.error) for row in rows)
