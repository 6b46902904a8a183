"""Target: whom a message is about, from its words and from who speaks to whom in which room.

The words give a likelihood for each target (the classifier). What the service and the room know comes on top, in
log-odds: facts outweigh a guess from words, and words still win where they are plain (a reply that only speaks of
oneself is about oneself). Of the corpus's held-out lines, which carry no such facts, words alone name 54 % rightly.
"""

import re
from collections.abc import Mapping, Sequence
from math import log
from typing import Final

from moderation.scoring.message import Message
from moderation.scoring.talk import RoomLine
from moderation.taxonomy import AuthorRole, Target

_KNOWN: Final = 3.0
"""The service says whom it answers, or it names somebody of the room: twenty times as likely."""
_NAMED: Final = 2.0
"""A name nobody knows, or the number of a comment. 17 of 19 such lines of the corpus are about a viewer."""
_CONVERSATION: Final = 1.5
"""Whom the author spoke with a moment ago, when the message says you and no name."""
_YOU: Final = 1.0
"""Second person: somebody in the room, not one's own self and not people elsewhere."""
_NEVER: Final = 6.0
"""A streamer does not speak about the streamer as about somebody else."""
_LINES_BACK: Final = 5
_FLOOR: Final = 1e-4

_SECOND_PERSON: Final = re.compile(
    "お前|おまえ|ｵﾏｴ|オマエ|おめえ|おめー|てめ|貴様|きさま|あんた|あなた|アナタ|お主|君(?<![一-龥]君)(?![一-龥])|きみ"
)
_MANY: Final = re.compile(
    "お前ら|おまえら|お前達|お前たち|君たち|君達|てめえら|あんたら|リスナー|コメ欄|みんな"
)
"""More than one in the room: viewers, whoever speaks."""
_FIRST_PERSON: Final = re.compile("俺|おれ|オレ|私|わたし|僕|ぼく|自分")
_MENTION: Final = re.compile("[@＠]([^\\s@＠]{1,64})")
_NUMBER: Final = re.compile("(?:>>|＞＞|≫)\\s*[0-9０-９]+")
_TELLING: Final = re.compile(
    f"{_SECOND_PERSON.pattern}|{_MANY.pattern}|{_FIRST_PERSON.pattern}|@|＠|>>|＞＞|≫"
)
"""Where one of them may be found. Every alternative begins with a letter: `re` is then ten times as quick."""


def target_of(likelihoods: Mapping[Target, float], facts: Mapping[Target, float]) -> Target:
    """Whom a message is about.

    Args:
        likelihoods: What the words say, for each target; they sum to 1.
        facts: What speaks for some of them beside the words.
    """
    return max(
        likelihoods,
        key=lambda target: log(max(likelihoods[target], _FLOOR)) + facts.get(target, 0.0),
    )


def facts_of(message: Message, talk: Sequence[RoomLine] | None = None) -> dict[Target, float]:
    """What speaks for each target beside the words, in log-odds; most messages have nothing of the kind.

    Args:
        message: With its author's role, the service's ``target_id`` and the room's streamer.
        talk: What was said before in the room, oldest first; None where it is not known.
    """
    if _TELLING.search(message.text) is not None:
        facts = _spoken(message, () if talk is None else talk)
    else:
        facts = {} if message.target_id is None else {_part_of(message.target_id, message): _KNOWN}
    if message.author.role is AuthorRole.STREAMER or message.author.id == message.room.streamer_id:
        facts[Target.STREAMER] = -_NEVER
    return facts


def _spoken(message: Message, talk: Sequence[RoomLine]) -> dict[Target, float]:
    """The facts of a text that says you, I, or a name."""
    text = message.text
    many = _MANY.search(text) is not None
    you = many or _SECOND_PERSON.search(text) is not None
    facts: dict[Target, float] = {}
    if you or _FIRST_PERSON.search(text) is None:  # of one who speaks of oneself it tells nothing
        facts |= _addressed(message, talk, many=many, you=you)
    if you:
        for target in (Target.STREAMER, Target.VIEWER):
            facts[target] = facts.get(target, 0.0) + _YOU
    return facts


def _addressed(message: Message, talk: Sequence[RoomLine], *, many: bool, you: bool) -> dict[Target, float]:
    """Whom a message is spoken to, as far as anybody knows."""
    if message.target_id is not None:
        return {_part_of(message.target_id, message): _KNOWN}
    named = _named(message.text, talk)
    if named is not None:
        return {_part_of(named, message): _KNOWN} if named else {Target.VIEWER: _NAMED}
    if many:
        return {Target.VIEWER: _NAMED}
    partner = _partner(message, talk) if you else None
    return {} if partner is None else {_part_of(partner, message): _CONVERSATION}


def _part_of(person: str, message: Message) -> Target:
    """The part somebody has in the room, seen from the author."""
    if person == message.author.id:
        return Target.SELF
    return Target.STREAMER if person == message.room.streamer_id else Target.VIEWER


def _named(text: str, talk: Sequence[RoomLine]) -> str | None:
    """Who is named in a text: their id, an empty text for somebody unknown, None where nobody is."""
    mention = _MENTION.search(text)
    if mention is None:
        return "" if _NUMBER.search(text) else None
    said = mention[1]
    for line in reversed(talk):
        if line.author_name and said.startswith(line.author_name):
            return line.author_id
    return ""


def _partner(message: Message, talk: Sequence[RoomLine]) -> str | None:
    """With whom the author spoke by name within the last lines, either way."""
    name = message.author.name
    for line in reversed(talk[-_LINES_BACK:]):
        if line.author_id == message.author.id:
            named = _named(line.text, talk)
            if named:
                return named
        elif name and f"@{name}" in line.text.replace("＠", "@"):
            return line.author_id
    return None
