"""Rule sets: immutable versions of all rules, which one is active, and who has loaded it."""

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, String, Table

from moderation.storage.tables.base import MAIN, Id, Json, UtcDateTime

rule_sets = Table(
    "rule_sets",
    MAIN,
    Column("version", Id, primary_key=True),  # hash of the content
    Column("content", Json, nullable=False),  # {"rules": {path: text}, "lists": {path: text}}
    Column("created_at", UtcDateTime, nullable=False),
    Column("created_by", String(128), nullable=False),
)

rule_set_activations = Table(
    "rule_set_activations",
    MAIN,
    Column("seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("version", Id, ForeignKey("rule_sets.version"), nullable=False),
    Column("activated_at", UtcDateTime, nullable=False),
    Column("activated_by", String(128), nullable=False),
)
