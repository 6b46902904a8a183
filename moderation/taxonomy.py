"""The words of the published policy: categories, severities, reasons, roles.

Values are stored and sent over the wire: never rename one. Japanese names are for people.
"""

from enum import StrEnum


class Category(StrEnum):
    """Harm categories (DESIGN vocabulary)."""

    INSULT = "insult"
    THREAT = "threat"
    IDENTITY_HATE = "identity_hate"
    SEXUAL_HARASSMENT = "sexual_harassment"
    SELF_HARM = "self_harm"
    PRIVACY = "privacy"
    SOLICITATION = "solicitation"
    SPAM_SCAM = "spam_scam"
    ILLEGAL = "illegal"
    DISRUPTION = "disruption"
    PROFANITY = "profanity"


CATEGORY_JA: dict[Category, str] = {
    Category.INSULT: "侮辱・誹謗中傷",
    Category.THREAT: "脅迫・殺害予告",
    Category.IDENTITY_HATE: "差別・ヘイト",
    Category.SEXUAL_HARASSMENT: "性的嫌がらせ・わいせつ",
    Category.SELF_HARM: "自傷・自殺",
    Category.PRIVACY: "個人情報・晒し",
    Category.SOLICITATION: "出会い・連絡先誘導",
    Category.SPAM_SCAM: "宣伝・詐欺・RMT・なりすまし",
    Category.ILLEGAL: "違法行為",
    Category.DISRUPTION: "荒らし・妨害",
    Category.PROFANITY: "卑語",
}


class Severity(StrEnum):
    """How bad, in rising order; ``rank`` compares."""

    NONE = "none"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """Position from 0 (none) to 4 (critical)."""
        return _SEVERITY_ORDER.index(self)


_SEVERITY_ORDER = tuple(Severity)

SEVERITY_JA: dict[Severity, str] = {
    Severity.NONE: "なし",
    Severity.LOW: "低",
    Severity.MEDIUM: "中",
    Severity.HIGH: "高",
    Severity.CRITICAL: "緊急",
}


class Target(StrEnum):
    """Whom a message is about."""

    STREAMER = "streamer"
    VIEWER = "viewer"
    THIRD_PARTY = "third_party"
    SELF = "self"
    NONE = "none"


TARGET_JA: dict[Target, str] = {
    Target.STREAMER: "配信者",
    Target.VIEWER: "視聴者",
    Target.THIRD_PARTY: "第三者",
    Target.SELF: "本人",
    Target.NONE: "なし",
}


class AgeBand(StrEnum):
    """What the service knows of an author's age."""

    MINOR = "minor"
    ADULT = "adult"
    UNKNOWN = "unknown"


class AuthorRole(StrEnum):
    """An author's part in the room."""

    VIEWER = "viewer"
    STREAMER = "streamer"
    MODERATOR = "moderator"


class Strictness(StrEnum):
    """How strict a room wants to be."""

    RELAXED = "relaxed"
    NORMAL = "normal"
    STRICT = "strict"


class ReportReason(StrEnum):
    """Why a viewer complains: every category, and ``other``."""

    INSULT = "insult"
    THREAT = "threat"
    IDENTITY_HATE = "identity_hate"
    SEXUAL_HARASSMENT = "sexual_harassment"
    SELF_HARM = "self_harm"
    PRIVACY = "privacy"
    SOLICITATION = "solicitation"
    SPAM_SCAM = "spam_scam"
    ILLEGAL = "illegal"
    DISRUPTION = "disruption"
    PROFANITY = "profanity"
    OTHER = "other"


REASON_JA: dict[ReportReason, str] = {
    **{ReportReason(category.value): name for category, name in CATEGORY_JA.items()},
    ReportReason.OTHER: "その他",
}


class SubjectKind(StrEnum):
    """What a report is about."""

    MESSAGE = "message"
    AUTHOR = "author"
    ROOM = "room"
    PROFILE = "profile"


class InquiryTopic(StrEnum):
    """What a letter to support is about."""

    STREAMING = "streaming"
    GAME = "game"
    BOTH = "both"
    ACCOUNT = "account"
    PAYMENT = "payment"
    OTHER = "other"


TOPIC_JA: dict[InquiryTopic, str] = {
    InquiryTopic.STREAMING: "配信・チャット",
    InquiryTopic.GAME: "ゲーム",
    InquiryTopic.BOTH: "配信とゲームの両方",
    InquiryTopic.ACCOUNT: "アカウント",
    InquiryTopic.PAYMENT: "課金・支払い",
    InquiryTopic.OTHER: "その他",
}


class Role(StrEnum):
    """What a console user may do (api/console/access.py has who may what)."""

    ADMIN = "admin"
    RULES_MANAGER = "rules_manager"
    LEAD = "lead"
    MODERATOR = "moderator"
    CHILD_SAFETY = "child_safety"
    SPECIALIST = "specialist"
    ANALYST = "analyst"
    SERVICE = "service"


class Scope(StrEnum):
    """What an API key may do."""

    SCORE = "score"
    REPORT = "report"
    REVIEW = "review"
    RULES = "rules"
    TRENDS = "trends"
    ADMIN = "admin"
