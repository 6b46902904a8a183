"""The words a text is labelled with. Values are stored: never rename one."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

CATEGORY_JA: Final[Mapping[str, str]] = MappingProxyType(
    {
        "insult": "侮辱・誹謗中傷",
        "threat": "脅迫・殺害予告",
        "identity_hate": "差別・ヘイト",
        "sexual_harassment": "性的嫌がらせ・わいせつ",
        "self_harm": "自傷・自殺",
        "privacy": "個人情報・晒し",
        "solicitation": "出会い・連絡先誘導",
        "spam_scam": "宣伝・詐欺・RMT・なりすまし",
        "illegal": "違法行為",
        "disruption": "荒らし・妨害",
        "profanity": "卑語",
    }
)
CATEGORIES: Final = tuple(CATEGORY_JA)
MINORS: Final = "minors"
"""Name of the head that tells whether a minor is the one at risk; it stands beside the categories."""
TARGETS: Final = ("streamer", "viewer", "third_party", "self", "none")
REGISTERS: Final = ("casual", "rough", "polite", "dialect", "net_slang", "youth", "elder")
EVASIONS: Final = (
    "mask", "spacing", "ateji", "kana", "width", "romaji", "emoji", "stretch", "reading", "symbol",
)  # fmt: skip
