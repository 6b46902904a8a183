"""What was said before a message: the lines that Redis keeps of its room, and those of its own batch."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from moderation.scoring.message import Author, Room
from moderation.scoring.talk import encode_line, line_of, talk_before
from tests.support.factories import message

AUTHORS = st.sampled_from(["u-1", "u-2", "u-10", "名無し"])
MOST = 4


def said(at, author):
    return message(f"{at}番目", id=f"m-{at}", author=Author(id=author), room=Room(id="r-1"))


def kept_of(messages):
    """As Redis hands a room's lines out: an array of MessagePack, newest first."""
    return msgspec.msgpack.encode([msgspec.Raw(encode_line(one)) for one in reversed(messages)])


@given(
    before=st.lists(AUTHORS, max_size=MOST),
    batch=st.lists(AUTHORS, min_size=1, max_size=7),
    again=st.booleans(),
)
def test_the_last_lines_before_each_message_and_its_authors_among_them(before, batch, again):
    kept = [said(at, author) for at, author in enumerate(before)]
    new = [said(at, author) for at, author in enumerate(batch, start=len(kept))]
    if again and kept:
        new[-1] = kept[0]  # sent again, since its first answer was partial
    talks = talk_before(new, {"r-1": kept_of(kept)}, MOST)

    for at, (one, talk) in enumerate(zip(new, talks, strict=True)):
        lines = [line_of(other) for other in [*kept, *new[:at]] if other.id != one.id][-MOST:]
        assert talk.by_author() == [line for line in lines if line.author_id == one.author.id]
        assert list(talk) == lines
