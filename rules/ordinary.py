"""Ordinary: everyday chat of our own writing that no rule should hit in bulk."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Final

from rules.subject import AuthorFacts, RoomFacts, Subject, TargetFacts, ViewsLike
from rules.vocabulary import CATEGORIES

ORDINARY: Final[tuple[str, ...]] = (
    "こんばんは",
    "初見です",
    "わこつ",
    "草",
    "wwww",
    "８８８８８８",
    "今日も配信ありがとう",
    "うま",
    "ナイス！",
    "今のは惜しい",
    "ドンマイ、次いこう",
    "そこ右に宝箱あるよね",
    "音ちょっと小さいかも",
    "え、まじで？",
    "かわいい",
    "このボスほんと硬いな",
    "回復しとこ",
    "あと少し！",
    "やったああああ",
    "腹減ってきた",
    "明日早いからそろそろ寝る",
    "おつかれさまでした",
    "アーカイブ残りますか？",
    "このBGM好き",
    "マイク新しくした？",
    "ラグい？",
    "自分だけ画面止まってる",
    "なおった",
    "@みかん それ前回もやってたよ",
    "関西でも雨すごいよ",
    "カフェラテ飲みながら見てる",
    "シネマモードってどこで切り替えるの",
    "必死すぎて笑う",
    "そいつ先に倒して！",
    "残機あと1",
    "初めてスパチャした",
    "コラボ楽しみ",
    "次は何のゲームやるの",
    "ランクどこまで上がった？",
    "リスナー参加まだ空いてる？",
    "パスワード配信画面に出てる？",
    "ガチャ引こう",
    "天井まで行ったか…",
    "それはひどいｗ",
    "鳥肌たった",
    "泣ける",
    "編集うまいなあ",
    "学校終わった〜",
    "仕事しながら聞いてます",
    "猫の声した",
    "水分とってね",
    "何時までやりますか",
    "告知見てきた",
    "推しが今日も尊い",
    "むずすぎん？",
    "このステージ何回目？",
    "5回目くらい",
    "武器変えてみたら",
    "クソゲーって言いながら楽しそう",
    "ホラー苦手だから薄目で見てる",
    "びっくりした",
    "ネタバレなしでお願いします",
    "コメント拾ってくれてうれしい",
    "誕生日おめでとう！",
    "チャンネル登録しました",
    "いい声",
    "フレンドコードは概要欄ですか",
    "負けてもおもしろい",
    "相手つよ",
    "味方ナイスカバー",
    "今北産業",
    "ちょっと離席",
    "おかえり",
    "字が小さくて読めない",
    "それな",
    "わかる",
    "さすがです",
    "そういうとこ好き",
    "次の大会いつだっけ",
    "スクショタイム助かる",
)


def ordinary_subjects(
    views_of: Callable[[str], ViewsLike], window_ids: Iterable[str], *, now: datetime
) -> list[Subject]:
    """The ordinary messages, each by a grown-up viewer of good standing in a quiet room."""
    windows = dict.fromkeys(window_ids, 1)
    scores = dict.fromkeys(CATEGORIES, 0.02)
    author = AuthorFacts(
        id="author",
        account_age_seconds=400 * 86_400.0,
        age_band="adult",
        role="viewer",
        strikes=0,
        labels=frozenset(),
    )
    room = RoomFacts(
        id="room",
        strictness="normal",
        live=True,
        live_seconds=3_600.0,
        live_viewers=120,
        labels=frozenset(),
        shield=False,
    )
    return [
        Subject(
            views=views_of(text),
            sent_at=now,
            author=author,
            room=room,
            target=TargetFacts(kind="none"),
            scores={str(name): score for name, score in scores.items()},
            windows=windows,
            recent_author=(),
            recent_room=(),
        )
        for text in ORDINARY
    ]
