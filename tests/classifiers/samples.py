"""A small corpus and lexicon of the tests' own: enough lines for every head, in groups."""

from classifiers.corpus import Row
from classifiers.lexicon_file import Entry

_LINES = {
    "insult": "お前の腕は下手くそすぎて恥ずかしい|馬鹿が配信するな|無能なやつは消えろ|きもい顔を見せるな|頭が悪い人はこれだから",
    "threat": "お前を殺すから待ってろ|家に火をつけてやる|夜道には気をつけろよ|明日その会場で刺すぞ|死ねばいいのにお前なんか",
    "identity_hate": "あの国の人間は全員出ていけ|障害者は配信に来るな|女はゲームするな黙れ|部落の出は信用できない|年寄りは生きる価値なし",
    "sexual_harassment": "今日の下着は何色か教えて|胸をもっと見せてほしい|エロい声を出してみて|一緒に寝ようよお姉さん|太ももばかり映してくれ",
    "self_harm": "もう生きていたくないんだ|手首を切ったら楽になれる|消えてしまいたい今夜|薬をたくさん飲みたい気分|誰か楽に終わる方法ないか",
    "privacy": "本名は山田なんでしょう|住所を特定したから晒すね|通ってる学校はどこか言え|最寄り駅はあそこだよね|電話番号をここに貼る",
    "solicitation": "ラインを交換しませんか|オフで二人だけで会おう|DMで連絡先を送ってね|お小遣いあげるから会おうよ|カカオのIDを教えてよ",
    "spam_scam": "簡単に月百万稼げる副業はこちら|無料でアイテム配布中URLから登録|アカウント売りますDMまで|公式運営です当選しました|フォロワー増やすサービス激安",
    "illegal": "チートツール販売してます|草を売ってるから連絡して|高額の運び屋バイト募集|映画の違法動画はここで見れる|未成年だけど酒を買えた",
    "disruption": "みんなであの配信を荒らしに行こう|コメ欄を埋め尽くせ急げ|犯人は執事だよネタバレ|敵は右の小屋に隠れてるぞ|ここよりあっちの枠へ移動しろ",
    "profanity": "うんこちんこまんまん|くそったれがまた負けた|ちくしょうめふざけやがって|しょんべん漏らした|けつの穴がかゆい",
}
_BENIGN = (
    "今日の配信も楽しみにしてました|そのボスは左から攻めるといいよ|晩ごはんはカレーにした|ナイスプレイすぎる|おつかれさまでした|"
    "音が少し小さいかもしれない|この曲すごく好きです|明日は早起きしないと|敵を殺して先に進もう|必死に逃げてて笑った"
)
_TARGETS = {"insult": "streamer", "threat": "viewer", "identity_hate": "third_party", "self_harm": "self"}
_ENDINGS = ("", "ｗ", "よ", "って", "な!", "ですけど")


def rows() -> tuple[Row, ...]:
    """Every line with six endings; a group is one line, so that no line stands on two sides."""
    found = []
    for category, lines in {**_LINES, "": _BENIGN, "benign": _BENIGN.replace("今日", "昨日")}.items():
        harmful = category in _LINES
        for number, line in enumerate(lines.split("|")):
            for at, ending in enumerate(_ENDINGS):
                found.append(
                    Row(
                        text=line + ending + ("?" if category == "benign" else ""),
                        categories=frozenset([category] if harmful else []),
                        minors=category == "solicitation" and number < 3,
                        target=_TARGETS.get(category, "none"),
                        register="casual",
                        group=f"{category or 'plain'}-{number}-{at % 3}",
                        hard=line.startswith("敵を殺して"),
                        evasion=("width",) if ending == "ｗ" else (),
                    )
                )
    return tuple(found)


ENTRIES = (
    Entry(
        category="insult",
        term="馬鹿",
        severity=2,
        match="token",
        reading="バカ",
        exceptions=("馬鹿力", "バカンス"),
        target=True,
    ),
    Entry(category="insult", term="カス", severity=2, match="token"),
    Entry(category="insult", term="クズ", severity=2, match="token", exceptions=("クズ餅",)),
    Entry(category="insult", term="キモい", severity=2),
    Entry(category="insult", term="無能", severity=2, exceptions=("無能力",), target=True),
    Entry(
        category="threat",
        term="死ね",
        severity=3,
        reading="しね",
        match="token",
        mask=True,
        also=("insult",),
        exceptions=("必死ね", "死ねない"),
    ),
    Entry(category="threat", term="殺す", severity=3),
    Entry(category="sexual_harassment", term="おっぱい", severity=2),
    Entry(category="insult", term="shine", severity=1),
    Entry(category="profanity", term="うんこ", severity=1, match="exact"),
    Entry(category="solicitation", term="何年生", severity=1, minors=True),
)
