"""Publishable text: what an article or a proposal may quote, with everything that leads to a person taken out.

Masks are slots in square brackets, ［名前］, so that a reader sees that something stood there. Masking takes
rather too much than too little: a slot too many costs a word, one too few costs somebody's peace.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence

from moderation.taxonomy import Category

NAME, LINK, MAIL, NUMBER, ID = "［名前］", "［リンク］", "［メール］", "［数字］", "［ID］"

MASK = re.compile(f"{NAME}|{LINK}|{MAIL}|{NUMBER}|{ID}")
"""Any of the slots."""

BARRED = frozenset({Category.SELF_HARM, Category.PRIVACY, Category.SOLICITATION, Category.SEXUAL_HARASSMENT})
"""Categories whose wording is never published: it would teach a method, repeat the exposure, or hurt again."""

HarmSpans = Callable[[str], Sequence[tuple[int, int]]]
"""Where a text hurts: half-open offsets into it, in code points."""

_LINK = re.compile(
    r"(?:https?://|www\.)\S+|\b[\w-]+\.(?:com|jp|net|org|gg|tv|me|io|ly|be|app|link)(?:/\S*)?", re.IGNORECASE
)
_MAIL = re.compile(r"[\w.+-]+[@＠][\w-]+(?:\.[\w-]+)+")
_MENTION = re.compile(r"[@＠][^\s、。！？!?：:]{1,40}")
_ANCHOR = re.compile(r"(?:>>|＞＞)[0-9０-９]+")
_HANDLE = re.compile(r"(?=[A-Za-z0-9_.-]*[0-9_])[A-Za-z][A-Za-z0-9_.-]{3,}")
_DIGITS = re.compile(r"[0-9０-９]+(?:[-－ー‐][0-9０-９]+)+|[0-9０-９]{3,}")
_TITLE = r"(?:さん|ちゃん|くん|君|氏|様|ニキ|ネキ|先輩|先生)"
_NAMED = re.compile(rf"([一-龠々ヶァ-ヴー]{{1,12}}|[ぁ-ん]{{2,6}}|[A-Za-z0-9_]{{2,20}})(?={_TITLE})")
_NOBODY = frozenset(
    (
        "皆", "みな", "みんな", "お客", "客", "お母", "母", "お父", "父", "お兄", "兄", "お姉", "姉", "弟", "妹",
        "おじ", "おば", "お嬢", "神", "配信者", "主", "運営", "視聴者", "リスナー", "たく", "あか", "おまえ",
    )
)  # fmt: skip
"""What stands before さん and names nobody."""


_CHILD = re.compile(
    r"子ども|子供|こども|娘|息子|小学|中学|高校|未成年|児童|園児|小[1-6]|中[1-3]|高[1-3]|(?<![0-9])(?:[0-9]|1[0-7])[歳才]"
)


def speaks_of_a_child(text: str) -> bool:
    """Whether a text speaks of a child or gives a child's age: that is never quoted.

    >>> speaks_of_a_child("娘は１２歳です"), speaks_of_a_child("30歳です")
    (True, False)
    """
    return _CHILD.search(unicodedata.normalize("NFKC", text)) is not None


def publishable(text: str, *, names: Iterable[str] = (), harm: HarmSpans | None = None) -> str:
    """A text without names, addresses, numbers and ids; words that hurt are half hidden.

    Args:
        text: As it was typed.
        names: Display names and ids that are known from around it.
        harm: Says where it hurts. Such a place keeps its first character: 死○.

    >>> publishable("@taro_99 お前のID教えろ taro_99 電話0901234")
    '［名前］ お前のID教えろ ［ID］ 電話［数字］'
    """
    if harm is not None:
        text = _half_hidden(text, harm(text))
    for known in sorted({name.strip() for name in names if len(name.strip()) > 1}, key=len, reverse=True):
        text = text.replace(known, NAME)
    text = _MAIL.sub(MAIL, text)
    text = _LINK.sub(LINK, text)
    text = _MENTION.sub(NAME, text)
    text = _ANCHOR.sub(NAME, text)
    text = _HANDLE.sub(ID, text)
    text = _NAMED.sub(_unless_nobody, text)
    return " ".join(_DIGITS.sub(NUMBER, text).split())


def _unless_nobody(found: re.Match[str]) -> str:
    return found[0] if found[0] in _NOBODY else NAME


def _half_hidden(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """Each place keeps its first character; blanks stay."""
    letters = list(text)
    for start, end in spans:
        for at in range(max(start + 1, 1), min(end, len(letters))):
            if not letters[at].isspace():
                letters[at] = "○"
    return "".join(letters)
