"""What a reporter chooses from: each reason with a line of help, and which clause answers it."""

from moderation.taxonomy import ReportReason, SubjectKind

REASON_HELP_JA: dict[ReportReason, str] = {
    ReportReason.INSULT: "見下す、けなす、人格や存在を否定する、うわさを事実のように広めるなど。",
    ReportReason.THREAT: "「殺す」「家に行く」など、危害を加えると告げるもの。急ぎで確認します。",
    ReportReason.IDENTITY_HATE: "国籍、民族、障害、性別、病気などを理由にした見下しや排除。",
    ReportReason.SEXUAL_HARASSMENT: "望まない性的な発言や要求、体についてのからかい。",
    ReportReason.SELF_HARM: "自殺や自傷をほのめかす、誘う、すすめるもの。急ぎで確認し、相談窓口を案内します。",
    ReportReason.PRIVACY: "本名、住所、学校、電話番号など、個人が特定される情報の書き込みや詮索。",
    ReportReason.SOLICITATION: "連絡先を聞く、会おうと誘う、写真を求めるなど。未成年への誘いもここに入ります。",
    ReportReason.SPAM_SCAM: "無断の宣伝、詐欺、RMT、アカウント売買、なりすまし。",
    ReportReason.ILLEGAL: "違法な取引や勧誘、不正ツール、海賊版など法令に反するもの。",
    ReportReason.DISRUPTION: "連投、煽り、ネタバレ、ゴースティング、大勢での攻撃など、配信の妨げ。",
    ReportReason.PROFANITY: "下品なことばや汚いことばの多用。",
    ReportReason.OTHER: "ほかのどれにも当てはまらないもの。内容を書いてください。",
}

SUBJECT_JA: dict[SubjectKind, str] = {
    SubjectKind.MESSAGE: "発言",
    SubjectKind.AUTHOR: "発言者",
    SubjectKind.ROOM: "配信枠",
    SubjectKind.PROFILE: "プロフィール",
}
