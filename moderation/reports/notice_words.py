"""The words of notices: rights, grounds, results, measures. Values are stored: never rename one."""

from enum import StrEnum


class Right(StrEnum):
    """What the applicant says was infringed. Values are stored."""

    HONOUR = "honour"
    INSULT = "insult"
    PRIVACY = "privacy"
    PORTRAIT = "portrait"
    NAME = "name"
    PEACE = "peace"
    COPYRIGHT = "copyright"
    TRADEMARK = "trademark"
    OTHER = "other"


RIGHT_JA: dict[Right, str] = {
    Right.HONOUR: "名誉権（名誉毀損）",
    Right.INSULT: "名誉感情（侮辱）",
    Right.PRIVACY: "プライバシー",
    Right.PORTRAIT: "肖像権",
    Right.NAME: "氏名権",
    Right.PEACE: "私生活の平穏",
    Right.COPYRIGHT: "著作権",
    Right.TRADEMARK: "商標権",
    Right.OTHER: "その他の権利",
}
RIGHT_HELP_JA: dict[Right, str] = {
    Right.HONOUR: "社会的な評価を下げる事実や意見を書かれた。",
    Right.INSULT: "許される限度を超えて侮辱された。",
    Right.PRIVACY: "知られたくない私生活や個人情報を書かれた。",
    Right.PORTRAIT: "顔や姿を勝手に公開された。",
    Right.NAME: "名前を勝手に使われた、なりすまされた。",
    Right.PEACE: "つきまといや執拗な書き込みで生活の平穏を乱された。",
    Right.COPYRIGHT: "自分の著作物を無断で使われた。",
    Right.TRADEMARK: "自分の商標を無断で使われた。",
    Right.OTHER: "上のどれにも当てはまらない。申出の理由に書いてください。",
}


class ApplicantKind(StrEnum):
    """Who applies."""

    SELF = "self"
    AGENT = "agent"
    ORGANISATION = "organisation"


APPLICANT_JA: dict[ApplicantKind, str] = {
    ApplicantKind.SELF: "被害を受けた本人",
    ApplicantKind.AGENT: "代理人（弁護士・親権者など）",
    ApplicantKind.ORGANISATION: "法人・団体",
}


class NoticeState(StrEnum):
    """Where a notice stands."""

    OPEN = "open"
    DECIDED = "decided"
    WITHDRAWN = "withdrawn"


STATE_JA: dict[NoticeState, str] = {
    NoticeState.OPEN: "調査中",
    NoticeState.DECIDED: "結果あり",
    NoticeState.WITHDRAWN: "取り下げ",
}


class ExtensionGround(StrEnum):
    """Why the applicant hears later than within the period (article 25, paragraph 2)."""

    HEARING_POSTER = "hearing_poster"
    SPECIALIST = "specialist"
    UNAVOIDABLE = "unavoidable"


EXTENSION_JA: dict[ExtensionGround, str] = {
    ExtensionGround.HEARING_POSTER: "発信者の意見を聴くため",
    ExtensionGround.SPECIALIST: "侵害情報調査専門員の調査に時間を要するため",
    ExtensionGround.UNAVOIDABLE: "その他やむを得ない理由",
}


class Result(StrEnum):
    """What came of it."""

    MEASURE_TAKEN = "measure_taken"
    NOT_TAKEN = "not_taken"


RESULT_JA: dict[Result, str] = {
    Result.MEASURE_TAKEN: "送信防止措置を講じた",
    Result.NOT_TAKEN: "措置を講じなかった",
}


class Measure(StrEnum):
    """What was done to the information or its poster."""

    HIDE = "hide"
    DELETE = "delete"
    TIMEOUT = "timeout"
    BAN = "ban"
    OTHER = "other"


MEASURE_JA: dict[Measure, str] = {
    Measure.HIDE: "発言の非表示",
    Measure.DELETE: "発言の削除",
    Measure.TIMEOUT: "書き込みの一時停止",
    Measure.BAN: "アカウントの停止",
    Measure.OTHER: "その他の措置",
}


class ApplicantExemption(StrEnum):
    """Why the applicant is not told (the proviso of article 25, paragraph 1)."""

    UNREACHABLE = "unreachable"
    NOT_NEEDED = "not_needed"
    OTHER = "other"


APPLICANT_EXEMPT_JA: dict[ApplicantExemption, str] = {
    ApplicantExemption.UNREACHABLE: "連絡先に届かない",
    ApplicantExemption.NOT_NEEDED: "申出者が通知を求めていない",
    ApplicantExemption.OTHER: "その他正当な理由がある",
}


class PosterExemption(StrEnum):
    """Why the poster is not told of a measure (article 27)."""

    TOLD_BEFORE = "told_before"
    UNREACHABLE = "unreachable"
    SECOND_HARM = "second_harm"
    OTHER = "other"


POSTER_EXEMPT_JA: dict[PosterExemption, str] = {
    PosterExemption.TOLD_BEFORE: "同一または同様の内容について通知済み",
    PosterExemption.UNREACHABLE: "発信者に連絡できない",
    PosterExemption.SECOND_HARM: "通知により申出者に二次被害のおそれがある",
    PosterExemption.OTHER: "その他正当な理由がある",
}
