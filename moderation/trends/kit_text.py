"""The texts of an article kit: the draft in Japanese, the easy one for young readers, and the editor's check list.

Every sentence about an amount is made from a figure of the report, and says no more than it. Where a change cannot
be told, the draft says so, or says nothing.
"""

from collections.abc import Iterator, Sequence

from moderation.taxonomy import CATEGORY_JA, Category
from moderation.trends.advice import ADVICE
from moderation.trends.compare import Change
from moderation.trends.examples import Example
from moderation.trends.helplines import Helplines
from moderation.trends.kit_charts import KitChart
from moderation.trends.publishable import BARRED
from moderation.trends.ruby import with_ruby
from moderation.trends.shapes import CategoryTrend, Report
from moderation.trends.summary import figure, summary
from moderation.trends.words import DEFINITIONS, period_ja

MOST_SUBJECTS = 2
"""Categories an article is about where the editor chose none: more would be too much for one reading."""

_HOW_TO_REPORT = (
    "困った書き込みを見つけたら、コメントの「通報」から理由を選んで送ってください。"
    "だれが通報したかが相手に伝わることはありません。届いた通報は人が読み、利用規約に照らして判断します。"
)
_EASY_REPORT = (
    "こまった書き込みを見たら、「通報」のボタンをおしてください。だれがおしたかは、相手に分かりません。"
)
_FOOT = "この記事は、個人が特定されないように集計した数字をもとに作っています。"


def subjects(report: Report, chosen: Sequence[Category]) -> tuple[Category, ...]:
    """What the article is about: what was chosen, else what rises, else what there is most of."""
    if chosen:
        return tuple(dict.fromkeys(chosen))
    known = [trend for trend in report.categories if trend.category != "all"]
    rising = [trend for trend in known if trend.comparison.change is Change.UP]
    ranked = sorted(rising or known, key=lambda trend: -trend.hits)
    return tuple(Category(trend.category) for trend in ranked[:MOST_SUBJECTS] if trend.hits)


def headline(report: Report, about: Sequence[Category]) -> str:
    """The title of the article."""
    if not about:
        return "みんなが安心して配信を楽しむために"
    first = ADVICE[about[0]].plain
    if report.category(about[0].value).comparison.change is Change.UP:
        return f"{first}が増えています。3つのことに気をつけてください"
    return f"{first}を減らすために、3つのお願い"


def article(
    report: Report,
    about: Sequence[Category],
    charts: Sequence[KitChart],
    shown: Sequence[Example],
    helplines: Helplines,
) -> str:
    """The draft, as Markdown."""
    return "\n".join(_article(report, about, charts, shown, helplines)) + "\n"


def _article(
    report: Report,
    about: Sequence[Category],
    charts: Sequence[KitChart],
    shown: Sequence[Example],
    helplines: Helplines,
) -> Iterator[str]:
    yield f"# {headline(report, about)}"
    yield ""
    yield f"集計した期間: {period_ja(report.period.first, report.period.last)}"
    yield ""
    yield "## 数字で見るこの期間"
    yield ""
    yield from (f"- {sentence}" for sentence in summary(report))
    yield ""
    for one in charts:
        yield f"![{one.alternative}](charts/{one.name}.png)"
        yield ""
    for category in about:
        yield from _about(report.category(category.value), category, shown)
    yield "## 困ったときは"
    yield ""
    yield _HOW_TO_REPORT
    yield ""
    yield "外部の相談窓口もあります。"
    yield ""
    yield from (f"- {helplines[name].line}" for name in _helpers(about))
    yield ""
    yield "---"
    yield ""
    yield f"{_FOOT}数字の意味は「definitions.md」のとおりです。"


def _about(trend: CategoryTrend, category: Category, shown: Sequence[Example]) -> Iterator[str]:
    advice = ADVICE[category]
    yield f"## {advice.plain}"
    yield ""
    yield _amount(trend)
    yield ""
    yield from _shown(category, [one for one in shown if one.category is category])
    yield "### 気をつけてほしい3つのこと"
    yield ""
    yield from (f"{number}. {point}" for number, point in enumerate(advice.points, start=1))
    yield ""


def _amount(trend: CategoryTrend) -> str:
    if trend.per_messages is None or not trend.hits:
        return "この期間に、このような書き込みは数えられていません。"
    now = f"メッセージ1,000件あたり{figure(trend.per_messages.value)}件"
    ratio = trend.comparison.ratio.value
    if trend.comparison.change is Change.UNCLEAR:
        return f"この期間は、{now}でした。前の期間より増えたか減ったかは、まだ判断できません。"
    if ratio is None or trend.before is None:
        return f"この期間は、{now}でした。前の期間には1件もありませんでした。"
    word = "増えています" if trend.comparison.change is Change.UP else "減っています"
    return f"この期間は、{now}でした。前の期間の{figure(trend.before)}件から{word}（{figure(ratio)}倍）。"


def _shown(category: Category, fit: Sequence[Example]) -> Iterator[str]:
    if category in BARRED:
        return
    yield "### たとえば"
    yield ""
    for example in fit:
        yield f"- 「{example.text}」（{example.authors}人以上が使った言い方です）"
    if not fit:
        yield "- （ここに、実際の書き込みをそのまま使わず、言い換えた例を入れてください）"
    yield ""


def _helpers(about: Sequence[Category]) -> tuple[str, ...]:
    names = [name for category in about for name in ADVICE[category].help] or ["anyone", "children"]
    return tuple(dict.fromkeys(names))


def easy_article(report: Report, about: Sequence[Category], helplines: Helplines) -> str:
    """The same for young readers: short sentences, readings above kanji."""
    lines = [_easy_title(report, about), ""]
    for category in about:
        advice = ADVICE[category]
        lines += [f"## {with_ruby(advice.easy)}", ""]
        lines += [f"{number}. {with_ruby(point)}" for number, point in enumerate(advice.easy_points, 1)]
        lines.append("")
    lines += ["## こまったときは", "", with_ruby(_EASY_REPORT), ""]
    for_children = [name for name in _helpers(about) if name in ("children", "childline", "life")]
    lines += [f"- {with_ruby(helplines[name].line)}" for name in for_children or ("children", "childline")]
    return "\n".join(lines) + "\n"


def _easy_title(report: Report, about: Sequence[Category]) -> str:
    if not about:
        return f"# {with_ruby('みんなで楽しく見るために')}"
    rising = report.category(about[0].value).comparison.change is Change.UP
    words = "がふえています" if rising else "をなくそう"
    return f"# {with_ruby(ADVICE[about[0]].easy + words)}"


def definitions(report: Report) -> str:
    """What each figure means, and with what it was counted."""
    lines = ["# 数字の意味と注意", ""]
    lines += [f"- **{name}**: {meaning}" for name, meaning in DEFINITIONS]
    lines += ["", "## 判定のしくみの版", ""]
    lines += [
        f"- モデル {one.model}、辞書 {one.lexicon}、正規化 {one.fold}、ルール {one.ruleset}"
        for one in report.versions
    ] or ["- 数えたメッセージがありません。"]
    if report.versions_changed:
        lines.append("- 期間の途中で版が変わったため、増減は判断していません。")
    return "\n".join(lines) + "\n"


def checklist(about: Sequence[Category], shown: Sequence[Example]) -> str:
    """What the editor makes sure of before it is approved."""
    lines = [
        "# 公開前の確認",
        "",
        "- [ ] 数字を本文に書き写すとき、期間と「1,000件あたり」を省いていない",
        "- [ ] 「判断できない」とある増減を、増えた・減ったと書いていない",
        "- [ ] 特定の人、配信、ゲームの利用者を責める書き方になっていない",
        "- [ ] 相談窓口の番号と受付時間を、それぞれの公式サイトで確かめ、【要確認】の印を消した",
        "- [ ] 例は伏せたまま、または言い換えて載せている（元の文に戻していない）",
        "- [ ] 作った人とは別の人が承認した",
    ]
    barred = [CATEGORY_JA[category] for category in about if category in BARRED]
    if barred:
        lines += ["", f"次のカテゴリは、言い回しを例として載せません: {'、'.join(barred)}"]
    if shown:
        lines += ["", "例に使った言い方（書いた人数と配信の数）:"]
        lines += dict.fromkeys(f"- 「{one.text}」 {one.authors}人、{one.rooms}配信" for one in shown)
    return "\n".join(lines) + "\n"
