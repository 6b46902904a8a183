"""Words of rules as people read them: statuses, problems, traces, alarms."""

from collections.abc import Mapping

from api.console.texts import N_

RULE_STATUS: Mapping[str, str] = {
    "draft": N_("下書き"),
    "shadow": N_("記録のみ"),
    "live": N_("稼働中"),
    "retired": N_("引退"),
}
RULE_ACT: Mapping[str, str] = {
    "seed": N_("最初の版"),
    "activate": N_("有効化"),
    "rollback": N_("前の版に戻す"),
    "guard": N_("自動停止"),
}
TRUTH: Mapping[str, str] = {"true": N_("当たる"), "false": N_("当たらない"), "unknown": N_("不明")}
TRACED: Mapping[str, str] = {"not known": N_("値が届いていません")}
"""What a trace says beside a condition, where that is no value."""
STRICTNESS: Mapping[str, str] = {"relaxed": N_("ゆるめ"), "normal": N_("ふつう"), "strict": N_("厳しめ")}
RULE_ALARM: Mapping[str, str] = {
    "too_broad": N_("当たりすぎたため、自動で「記録のみ」にしました"),
    "slow": N_("処理が遅いため、自動で「記録のみ」にしました"),
    "rate": N_("当たる数が、前の1週間と大きく違います"),
    "crowded": N_("数えるものが多すぎて、新しい人や文を数えられていません"),
}
ALARM_KEY: Mapping[str, str] = {
    "hits": N_("当たり"),
    "messages": N_("書き込み"),
    "per_cent": N_("割合（％）"),
    "microseconds": N_("マイクロ秒"),
    "expected": N_("見込み"),
    "hour": N_("時間帯"),
    "service": N_("サービス"),
    "not_kept": N_("数えられなかった書き込み"),
}
BACKTEST: Mapping[str, str] = {
    "waiting": N_("順番待ち"),
    "running": N_("実行中"),
    "done": N_("完了"),
    "failed": N_("失敗"),
}
EXAMPLE: Mapping[str, str] = {
    "false_alarm": N_("違反なしとされた文"),
    "new": N_("新しく当たる文"),
    "lost": N_("当たらなくなる文"),
}
FINDING: Mapping[str, str] = {
    "violation": N_("違反あり"),
    "other": N_("別の分類の違反"),
    "no_violation": N_("違反なし"),
    "undecided": N_("未判断"),
}
FACT: Mapping[str, str] = {
    "account labels": N_("書いた人の印"),
    "room labels": N_("配信枠の印"),
    "live viewers": N_("視聴者数"),
    "reports": N_("通報の数"),
    "shield": N_("シールド"),
    "target age band": N_("相手の年齢層"),
    "scores of messages that a rule had hit": N_("ルールが当たっていた書き込みの分類器の値"),
}
RULE_PROBLEM: Mapping[str, str] = {
    "anchor": N_("アンカーと別名（& と *）は使えません。そのまま書くか、引用符で囲んでください。"),
    "bad_key": N_("鍵は文字で書いてください。"),
    "bad_pattern": N_("この正規表現は使えません。"),
    "bad_yaml": N_("YAMLとして読めません。字下げやかっこを確かめてください。"),
    "category_not_folder": N_("id の前半と category が違います。"),
    "circle": N_("ルールどうしが輪になって参照しています。"),
    "doubled_id": N_("同じ id のルールがあります。"),
    "doubled_key": N_("同じ鍵が二度あります。"),
    "doubled_name": N_("同じ名前の window が二つあります。"),
    "empty": N_("何も書かれていません。"),
    "expires_before_date": N_("終わりの時刻が、版の日付より前です。"),
    "id_not_path": N_("id は変えられません。別のルールは「新しいルール」から作ってください。"),
    "live_asks_shadow": N_("稼働中のルールは、記録のみのルールを参照できません。"),
    "marks_fail": N_("例文で示されるはずの部分が、示されません。"),
    "missing_key": N_("必要な鍵がありません。"),
    "no_list": N_("そのリストはありません。"),
    "no_policy": N_("その条項は規約にありません。"),
    "no_rule": N_("そのルールは参照できません。"),
    "no_window": N_("例文が、このルールにない window を使っています。"),
    "not_a_mapping": N_("「鍵: 値」の形で書いてください。"),
    "not_folded": N_("この文字は、たたんだ文には現れません。"),
    "not_text": N_("文字として書くには、引用符で囲んでください。"),
    "reads_everything": N_("読みの条件は、語や正規表現の条件と all で並べてください。"),
    "second_document": N_("一つのファイルには、一つのルールだけを書きます。"),
    "tag": N_("タグ（!）は使えません。"),
    "test_fails": N_("例文のとおりになりません。"),
    "too_broad": N_("ふだんの会話に当たりすぎます。条件を狭めてください。"),
    "too_deep": N_("入れ子が深すぎます。"),
    "too_large": N_("大きすぎます。"),
    "too_many_conditions": N_("参照するルールを合わせた条件が多すぎます。"),
    "unknown_condition": N_("その条件はありません。"),
    "unknown_key": N_("知らない鍵です。"),
    "unknown_word": N_("使えない値です。"),
    "vanished": N_("ルールは消さずに、status: retired にしてください。"),
    "vanishes": N_("たたむと何も残らない語です。"),
    "window_in_window": N_("window の where の中に、window は書けません。"),
    "wrong_value": N_("値が正しくありません。"),
    "yaml_trap": N_("YAMLの版によって読み方が変わる書き方です。引用符で囲んでください。"),
}

RULE_WORDS: Mapping[str, Mapping[str, str]] = {
    "rule_status": RULE_STATUS,
    "rule_act": RULE_ACT,
    "truth": TRUTH,
    "traced": TRACED,
    "strictness": STRICTNESS,
    "rule_alarm": RULE_ALARM,
    "alarm_key": ALARM_KEY,
    "backtest": BACKTEST,
    "example": EXAMPLE,
    "finding": FINDING,
    "fact": FACT,
    "rule_problem": RULE_PROBLEM,
}
"""Filter name to Japanese words by stored value."""
