"""Problems of rules as moderators read them: the English sentences of ``rules`` told in Japanese, with what they name.

A sentence that is not in the tables is shown as it is, behind the Japanese words for its code.
"""

import re
from collections.abc import Iterable
from typing import Final

from rules.problems import Problem

_SENTENCES: Final = (
    (r"the key '(.+)' stands twice", r"鍵「\1」が二度あります"),
    (r"the key '(.+)' is not a word", r"鍵「\1」は文字ではありません"),
    (r"a key has to be a word", r"鍵は文字で書いてください"),
    (r"the key '(.+)' is missing", r"鍵「\1」がありません"),
    (r"unknown key '(.+)'", r"「\1」という鍵はありません"),
    (r"'(.+)' cannot be (.+)", r"「\1」に \2 は使えません"),
    (r"no condition has the keys (.+)", r"「\1」という条件はありません"),
    (r"a condition has keys and values, this is (.+)", r"条件は「鍵: 値」で書きます。これは \1 です"),
    (r"the file has to be keys with values", r"「鍵: 値」の形で書いてください"),
    (r"(.+) is not text", r"\1 は文字として読めません"),
    (r"YAML reads '(.*)' as a null, in some versions only", r"YAMLの版によっては、「\1」が空の値になります"),
    (r"YAML reads '(.+)' as a bool, in some versions only", r"YAMLの版によっては、「\1」が「はい・いいえ」の値になります"),
    (r"YAML reads '(.+)' as a (?:int|float), in some versions only", r"YAMLの版によっては、「\1」が別の数になります"),
    (r"YAML reads '(.+)' as a \w+, in some versions only", r"YAMLの版によっては、「\1」が特別な書き方になります"),
    (r"anchors \(&\) and aliases \(\*\) are not read", r"アンカーと別名（& と *）は使えません"),
    (r"merge keys \(<<\) are not read", r"まとめて写す書き方（<<）は使えません"),
    (r"the tag (.+) is not read", r"タグ \1 は使えません"),
    (r"a second document starts here", r"ここから二つ目の文書が始まっています"),
    (r"nested more than (\d+) deep", r"入れ子が\1段より深くなっています"),
    (r"more than ([\d,]+) values in one file", r"一つのファイルの値が\1個を超えています"),
    (r"the file has more than ([\d,]+) bytes", r"ファイルが\1バイトを超えています"),
    (r"the file is empty", r"何も書かれていません"),
    (r"half a character stands in the text", r"文字の半分だけが入っています"),
    (r"byte (\d+) is not UTF-8", r"\1バイト目がUTF-8ではありません"),
    (r"not YAML: (.+)", r"YAMLとして読めません（\1）"),
    (r"([\d,]+) \w+, at most ([\d,]+) are read", r"ファイルが\1個あります（\2個まで）"),
    (r"the id '(.+)' is taken by (.+)", r"id「\1」は、もう \2 で使われています"),
    (r"the id is '(.+)', the file is (.+)", r"id は「\1」、ファイルは \2 です"),
    (r"the rule stands in (.+), its category is (.+)", r"ルールは「\1」にありますが、category は「\2」です"),
    (r"there is no clause '(.+)'", r"「\1」という条項はありません"),
    (r"it ends before its date", r"終わりの時刻が、版の日付より前です"),
    (r"the pattern (.+) has '(.+)', which the (\w+) view never has", r"正規表現 \1 の「\2」は、\3 の文には決して現れません"),
    (r"the rule has every message read word by word", r"すべての書き込みの読みを調べることになります"),
    (r"it hits (\d+) of (\d+) ordinary messages", r"ふだんの会話\2件のうち\1件に当たります"),
    (r"RE2 refuses (.+): (.+)", r"正規表現 \1 は使えません（RE2: \2）"),
    (r"(.+) holds half a character \(a lone surrogate\)", r"正規表現 \1 に、文字の半分だけが入っています"),
    (r"(.+) matches the empty text", r"正規表現 \1 は、何も書かれていない文にも当たります"),
    (r"(.+) matches everything", r"正規表現 \1 は、どんな文にも当たります"),
    (r"a window cannot stand in another's where", r"window の where の中に、window は書けません"),
    (r"two windows have the name '(.+)'", r"「\1」という名前の window が二つあります"),
    (r"there is no list '(.+)'", r"「\1」というリストはありません"),
    (r"nothing is left of (.+) when it is folded", r"語 \1 は、たたむと何も残りません"),
    (r"the rule '(.+)' cannot be asked", r"ルール「\1」は参照できません"),
    (r"a live rule asks the shadow rule '(.+)'", r"稼働中のルールが、記録のみのルール「\1」を参照しています"),
    (r"rules ask one another in a circle: (.+)", r"ルールどうしが輪になって参照しています: \1"),
    (r"rules ask one another more than (\d+) deep", r"ルールの参照が\1段より深くなっています"),
    (r"more than ([\d,]+) conditions with those of the rules it asks", r"参照するルールと合わせた条件が\1個を超えています"),
    (r"the rule has no window '(.+)'", r"「\1」という window は、このルールにありません"),
    (r"(.+) does not fire", r"例文 \1 に当たりません"),
    (r"(.+) fires and should be silent", r"例文 \1 に当たってしまいます"),
    (r"the spans show (.+), not (.+)", r"示されるのは \1 で、\2 ではありません"),
    (r"the rule (.+) is gone", r"ルール「\1」がなくなっています"),
)  # fmt: skip
_VALUES: Final = (
    (r"input should be a valid integer.*", "整数で書いてください"),
    (r"input should be a valid number.*", "数で書いてください"),
    (r"input should be a finite number", "ふつうの数で書いてください"),
    (r"input should be a valid (?:string|text).*", "文字で書いてください"),
    (r"input should be a valid boolean.*", "true か false で書いてください"),
    (r"input should be a valid (?:tuple|list|set|frozenset|array).*", "並び（[…]）で書いてください"),
    (r"input should be (?:an object|a valid (?:dictionary|mapping)).*", "「鍵: 値」の形で書いてください"),
    (r"input should be a valid date(?:time)?.*", "日付や時刻として読めません"),
    (r"input should have timezone info", "時刻には +09:00 のような時差が要ります"),
    (r"input should be greater than or equal to (.+)", r"\1 以上にしてください"),
    (r"input should be less than or equal to (.+)", r"\1 以下にしてください"),
    (r"input should be greater than (.+)", r"\1 より大きくしてください"),
    (r"input should be less than (.+)", r"\1 より小さくしてください"),
    (r"string should have at least (\d+) characters?", r"\1文字以上にしてください"),
    (r"string should have at most (\d+) characters?", r"\1文字までにしてください"),
    (r"string should match pattern '(.+)'", r"決まった形（\1）で書いてください"),
    (r"\w+ should have at least (\d+) items? .*", r"\1個以上並べてください"),
    (r"\w+ should have at most (\d+) items? .*", r"並べるのは\1個までです"),
    (r"a window lasts from 1s to 24h", "長さは 1s から 24h までです"),
    (r"lifts belongs to verdict allow", "lifts は verdict: allow のときだけ書けます"),
    (r"verdict none without review and labels does nothing", "verdict: none に review も labels もなければ、何も起こりません"),
    (r"verdict allow asks for no review and gives no strikes", "verdict: allow に review や strikes は書けません"),
    (r"give at least one of (.+)", r"\1 のうち一つ以上を書いてください"),
    (r"give exactly one of (.+)", r"\1 のうち一つだけを書いてください"),
    (r"mode reading looks at the reading .*", "mode: reading のときは view を書きません"),
)  # fmt: skip
"""What pydantic and our own models say of a value, behind its key."""
_HINTS: Final = (
    (r"did you mean '(.+)'\?", r"「\1」ではありませんか"),
    (r'write "(.*)" in quotes', r'"\1" と引用符で囲んでください'),
    (r"write null", "null と書いてください"),
    (r"write '(.+)', or set view: raw", r"「\1」と書くか、view: raw を付けてください"),
    (r"one of (.+)", r"使えるのは \1"),
    (r"first in line (\d+)", r"一つ目は\1行目"),
    (r"one rule a file", "一つのファイルには一つのルールです"),
    (r"split it", "分けてください"),
    (r"write it out(?:, or quote the text)?", "そのまま書くか、引用符で囲んでください"),
    (r"write the keys out", "鍵をそのまま書いてください"),
    (r"quote the text if it starts with '!'", "「!」で始まる文字なら、引用符で囲んでください"),
    (r"keys are words; quote it if it is meant", "そのつもりなら、引用符で囲んでください"),
    (r"save the file as UTF-8", "UTF-8で保存してください"),
    (r"the id is the file's path", "id はファイルの場所と同じにします"),
    (r"rename the file to (.+), or the id", r"ファイル名を \1 にするか、id を直してください"),
    (r"narrow it; a rule is for the few", "条件を狭めてください"),
    (r"search it in view raw", "view: raw で探してください"),
    (r"it is missing, broken, a draft or retired", "ないか、壊れているか、下書きか、引退しています"),
    (r"make that one live first", "先にそのルールを稼働させてください"),
    (r"put a condition with terms, lists or patterns beside the reading, under all", "all の中に、語やリストや正規表現の条件を並べてください"),
    (r"keep the file and set status: retired", "ファイルは残し、status: retired にしてください"),
    (r"rename one", "どちらかの名前を変えてください"),
    (r"for example `(.+)`", r"たとえば \1"),
)  # fmt: skip


def japanese(problem: Problem) -> str | None:
    """The whole sentence with its hint; None where it has no Japanese words."""
    what = _of_value(problem.what) or _told(problem.what, _SENTENCES)
    if what is None:
        return None
    hint = None if problem.hint is None else _told(problem.hint, _HINTS) or problem.hint
    return f"{what}。{hint}。" if hint else f"{what}。"


def _of_value(what: str) -> str | None:
    found = re.fullmatch(r"'([^']+)': (.+?)(?:, not (.+))?", what, re.DOTALL)
    told = found and (_told(found[2], _VALUES) or _told(f"{found[2]}, not {found[3]}", _VALUES))
    if not found or not told:
        return None
    given = f"（今は {found[3]}）" if found[3] else ""
    return f"「{found[1]}」: {told}{given}"


def _told(said: str, table: Iterable[tuple[str, str]]) -> str | None:
    for pattern, words in table:
        found = re.fullmatch(pattern, said, re.DOTALL)
        if found:
            return found.expand(words)
    return None
