"""The words that say what a letter is about, and whether it is about streaming, a game, or both."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from classifiers.fold import fold
from classifiers.tokens import Token, tokenise
from moderation.taxonomy import InquiryTopic

_KATAKANA = re.compile(r"[ァ-ヺー]+")
_TELLING = frozenset(("名詞", "動詞", "形容詞", "形状詞"))
_EMPTY = frozenset(
    (
        "為る", "有る", "居る", "成る", "言う", "思う", "出来る", "下さる", "頂く", "貰う", "呉れる", "遣る", "見る",
        "来る", "行く", "事", "物", "方", "人", "時", "所", "様", "為", "訳", "筈", "達", "等", "何", "此れ", "其れ",
        "今", "昨日", "今日", "明日", "願い", "宜しい", "教える", "分かる", "御座る", "致す", "申す", "無い", "良い",
        "同じ", "自分", "私", "僕", "俺", "皆", "誰", "対応", "書く", "書き込み", "コメント", "配信", "通報", "欲しい",
        "知る", "聞く", "出る", "入る", "感じる", "本当", "場合", "中", "上", "下", "前", "後", "度", "回", "的", "さん",
    )
)  # fmt: skip
"""Words that stand in letters of every kind."""

_STREAMING = (
    "配信", "枠", "コメント", "コメ欄", "チャット", "視聴", "リスナー", "アーカイブ", "ギフト", "投げ銭", "応援チケット",
    "モデレーター", "フォロ", "サムネ", "切り抜き", "映像", "音声", "荒らし", "歌", "DM",
)  # fmt: skip
_GAME = (
    "ゲーム", "ガチャ", "ランク", "マッチ", "対戦", "チート", "味方", "参加型", "レース", "バグ", "装備", "アイテム",
    "キャラ", "大会", "ネタバレ", "レベル", "クエスト", "ボス", "フレンド", "ゴースティング", "色違い", "課金", "位置を",
)  # fmt: skip


@lru_cache(maxsize=50_000)
def telling_words(text: str) -> tuple[str, ...]:
    """Dictionary forms of the words that carry meaning, in order, each as often as it stands there."""
    # The dictionary writes loan words with their origin: リンク-link.
    return tuple(word for word in _words(fold(text).wide) if word not in _EMPTY and _says_something(word))


def _words(text: str) -> Iterator[str]:
    """Telling words; a run of katakana is one: what the dictionary does not know falls into pieces (ゴー・ス・ティング)."""
    loan: list[Token] = []
    for token in tokenise(text):
        if _KATAKANA.fullmatch(token.surface):
            if loan and loan[-1].end != token.start:
                yield from _joined(loan)
                loan = []
            loan.append(token)
            continue
        yield from _joined(loan)
        loan = []
        if token.pos in _TELLING:
            yield token.lemma.partition("-")[0]
    yield from _joined(loan)


def _joined(loan: Sequence[Token]) -> Iterator[str]:
    if len(loan) > 1:
        yield "".join(token.surface for token in loan)
    elif loan and loan[0].pos in _TELLING:
        yield loan[0].lemma.partition("-")[0]


def _says_something(word: str) -> bool:
    return not word.isnumeric() and (len(word) > 1 or "一" <= word <= "龯")


def topic_of(text: str) -> InquiryTopic | None:
    """What a letter is about by its words; None where they do not tell. Troubles often mix both."""
    streaming = any(word in text for word in _STREAMING)
    game = any(word in text for word in _GAME)
    if streaming and game:
        return InquiryTopic.BOTH
    if streaming:
        return InquiryTopic.STREAMING
    return InquiryTopic.GAME if game else None
