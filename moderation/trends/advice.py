"""What an article tells viewers about each kind of trouble: what it is called, three points, where to get help.

Texts are starting points for an editor of the service. Contacts of places that help are the deployment's
(moderation/trends/helplines.py).
"""

from dataclasses import dataclass

from moderation.taxonomy import Category


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """One category, in words for viewers.

    Attributes:
        plain: What it is, as a viewer would say it.
        easy: The same for children, in short words.
        points: Three things to take care of.
        easy_points: The same for children.
        help: Names of places that help, keys of the helplines.
    """

    plain: str
    easy: str
    points: tuple[str, str, str]
    easy_points: tuple[str, str, str]
    help: tuple[str, ...]


ADVICE: dict[Category, Advice] = {
    Category.INSULT: Advice(
        plain="人をけなす書き込み",
        easy="人がいやな気持ちになる悪口",
        points=(
            "送る前にひと呼吸。勝ち負けや腕前への不満が、人への悪口になっていないかを見直しましょう。",
            "悪口に悪口で返さないでください。言い返した側も、審査の対象になることがあります。",
            "見ていてつらいときは、ミュートやブロックで距離を置いて大丈夫です。",
        ),
        easy_points=(
            "書く前に、自分が言われたらどう思うかを考えよう。",
            "悪口を見ても、悪口で返さないようにしよう。",
            "つらいときは、見るのをやめて、大人に話そう。",
        ),
        help=("rights", "harmful", "anyone"),
    ),
    Category.THREAT: Advice(
        plain="危害を加えると思わせる書き込み",
        easy="人をこわがらせる言葉",
        points=(
            "ゲームの中の話のつもりでも、相手や配信者に向けた「殺す」「家に行く」は脅迫になることがあります。",
            "自分や身近な人に向けられたときは、画面を保存して通報し、危険を感じたらすぐ警察に相談してください。",
            "予告を面白がって広めないでください。広めること自体が、相手を追いつめます。",
        ),
        easy_points=(
            "ふざけていても、「ころす」「家に行く」と人に書いてはいけません。",
            "こわいことを書かれたら、消さずに大人に見せよう。",
            "こわい書き込みを、ほかの人に広めないようにしよう。",
        ),
        help=("police", "anyone", "children"),
    ),
    Category.IDENTITY_HATE: Advice(
        plain="国籍・性別・年齢・病気などを理由に人を見下す書き込み",
        easy="生まれた国や体のことで、人をばかにする言葉",
        points=(
            "「〇〇人だから」「女だから」のように、まとめて決めつける言い方をしていないか見直しましょう。",
            "話題にすること自体は問題ありません。見下したり追い出そうとしたりする言い方が、人を傷つけます。",
            "当事者が配信を見ているかもしれない、と思って言葉を選びましょう。",
        ),
        easy_points=(
            "国や体のちがいを、ばかにしないようにしよう。",
            "いろいろな人が、いっしょに見ていることを思い出そう。",
            "ひどい言葉を見たら、通報のボタンで知らせよう。",
        ),
        help=("rights", "harmful"),
    ),
    Category.SEXUAL_HARASSMENT: Advice(
        plain="性的な言葉やからかい",
        easy="体のことなどで、いやな気持ちにさせる言葉",
        points=(
            "ほめているつもりでも、体や服装への性的な言葉は、受け取る人をこわがらせます。",
            "返事がないのは、同意ではありません。しつこく書き込まないでください。",
            "写真や通話を求められて困ったら、送らずに通報してください。送ってしまった後でも相談できます。",
        ),
        easy_points=(
            "人の体のことを、からかわないようにしよう。",
            "写真を送ってと言われても、送らないようにしよう。",
            "いやだと思ったら、すぐ大人に話そう。",
        ),
        help=("police", "rights", "children"),
    ),
    Category.SELF_HARM: Advice(
        plain="死にたい、消えたいという書き込みや、それをあおる書き込み",
        easy="つらい気持ちの書き込み",
        points=(
            "つらい気持ちの書き込みを見たら、からかったり励ましすぎたりせず、通報で知らせてください。",
            "「死ね」などとあおることは、絶対にしないでください。",
            "あなた自身がつらいときは、下の窓口に話してみてください。匿名でも相談できます。",
        ),
        easy_points=(
            "つらいと書いている人を、からかわないようにしよう。",
            "心配な書き込みを見たら、通報のボタンで知らせよう。",
            "あなたがつらいときは、電話で話を聞いてもらえます。",
        ),
        help=("life", "anyone", "children", "childline"),
    ),
    Category.PRIVACY: Advice(
        plain="住所や本名など、個人の情報をさらす書き込み",
        easy="名前や住所を、勝手に書くこと",
        points=(
            "知っていても、本人が公開していない情報は書き込まないでください。推理や特定ごっこも同じです。",
            "背景や制服から場所が分かることがあります。配信する人は、映るものを見直しましょう。",
            "自分の情報が書かれたら、画面を保存して通報してください。早く消すほど広がりません。",
        ),
        easy_points=(
            "自分や友だちの名前、学校、住所を書かないようにしよう。",
            "聞かれても、答えなくて大丈夫です。",
            "書かれてしまったら、すぐ大人に話そう。",
        ),
        help=("harmful", "police", "rights"),
    ),
    Category.SOLICITATION: Advice(
        plain="連絡先の交換や、会うことへの誘い",
        easy="知らない人からの「会おう」「連絡先を教えて」",
        points=(
            "配信で知り合った人と、個人の連絡先を交換する前に立ち止まりましょう。",
            "年齢や学校を聞く、親に内緒でと言う、は危険なしるしです。返事をせずに通報してください。",
            "お子さんが使っている場合は、知らない人からのメッセージを受け取らない設定をおすすめします。",
        ),
        easy_points=(
            "知らない人に、連絡先を教えないようにしよう。",
            "「親に内緒ね」と言う人には、返事をしないようにしよう。",
            "会おうと言われたら、すぐ大人に話そう。",
        ),
        help=("police", "children", "childline"),
    ),
    Category.SPAM_SCAM: Advice(
        plain="宣伝や詐欺、運営のなりすまし",
        easy="うその話で、お金やパスワードを取ろうとすること",
        points=(
            "運営がコメントやメッセージでパスワードや認証コードを聞くことは、ありません。",
            "「無料で配布」「必ずもうかる」のリンクは開かず、通報してください。",
            "アイテムやアカウントをお金で売り買いすると、だまされても取り戻せないことがあります。",
        ),
        easy_points=(
            "パスワードは、だれにも教えないようにしよう。",
            "「ただであげる」というリンクは、開かないようにしよう。",
            "だまされたと思ったら、すぐ大人に話そう。",
        ),
        help=("consumer", "police"),
    ),
    Category.ILLEGAL: Advice(
        plain="薬物や不正行為など、法律にふれることへの誘い",
        easy="してはいけないことへの、さそい",
        points=(
            "「高額」「即日」「荷物を運ぶだけ」の誘いは、犯罪に巻き込まれる入り口です。",
            "チートや不正なツールの売り買いは、遊ぶ場そのものを壊します。",
            "誘われて応じてしまった後でも、警察に相談できます。ひとりで抱えないでください。",
        ),
        easy_points=(
            "かんたんにお金がもらえる話には、近づかないようにしよう。",
            "ずるをする道具を、使わないようにしよう。",
            "こまったら、大人や警察に話そう。",
        ),
        help=("police", "anyone"),
    ),
    Category.DISRUPTION: Advice(
        plain="連投やあおりなど、配信の邪魔",
        easy="みんなのじゃまをすること",
        points=(
            "荒らしには反応しないのがいちばんです。通報して、いつもどおりの会話を続けましょう。",
            "アドバイスは求められてから。ネタバレや、対戦相手に位置を教えることもやめましょう。",
            "ほかの配信へ大勢で押しかけるよう誘わないでください。誘った人も審査の対象です。",
        ),
        easy_points=(
            "同じ言葉を、何度も書かないようにしよう。",
            "あらしている人を見ても、返事をしないようにしよう。",
            "先の話をばらさないようにしよう。",
        ),
        help=("harmful",),
    ),
    Category.PROFANITY: Advice(
        plain="下品な言葉",
        easy="らんぼうな言葉",
        points=(
            "配信は、小さな子から年配の方まで見ています。",
            "仲間うちでは冗談でも、初めて来た人には入りにくい空気になります。",
            "配信者が決めたコメントのルールを確かめましょう。",
        ),
        easy_points=(
            "小さい子も見ています。らんぼうな言葉はやめよう。",
            "はじめて来た人の気持ちも、考えよう。",
            "配信のルールを読もう。",
        ),
        help=("harmful",),
    ),
}
"""By category."""


def notice_text(category: Category, *, ratio: float) -> str:
    """A short notice that CS could post while trouble is rising.

    Args:
        category: What is rising.
        ratio: How many times the usual it is.
    """
    advice = ADVICE[category]
    times = "大きく" if ratio >= 10 else f"およそ{ratio:.0f}倍に"  # noqa: PLR2004 - no one counts further
    return (
        f"ただいま、{advice.plain}がふだんより{times}増えています。{advice.points[0]}"
        "見かけたときは反応せず、コメントの「通報」からお知らせください。"
    )
