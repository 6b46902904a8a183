"""Settings: everything a deployment may change, read once from IBASHO_* and .env."""

import os
from functools import cached_property
from pathlib import Path

from pydantic import Field, NonNegativeInt, PositiveInt, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from moderation.errors import Misconfigured

PROJECT = Path(__file__).resolve().parent.parent


class Settings(BaseSettings):
    """One field a knob; the description is the documentation (docs/settings.md)."""

    model_config = SettingsConfigDict(env_prefix="IBASHO_", env_file=".env", frozen=True, extra="ignore")

    data_dir: Path = Field(PROJECT / "var", description="Folder for everything the embedded default writes.")
    database_url: str | None = Field(
        None,
        description="SQLAlchemy URL of the case store; postgresql+psycopg://… or sqlite:///…. "
        "Default: SQLite in the data folder.",
    )
    archive_url: str | None = Field(
        None,
        description="SQLAlchemy URL of the message archive and trend buckets. Default: the case store "
        "on PostgreSQL, a second SQLite file in the data folder otherwise.",
    )
    redis_url: str | None = Field(
        None,
        description="Redis for windows, stream and jobs. Default: a private server in the data folder.",
    )
    model_dir: Path | None = Field(
        None,
        description="Trained classifier, made by `ibasho model train`. Default: models/ja in the data folder.",
    )
    rules_dir: Path = Field(
        PROJECT / "rules" / "packs", description="Folder of rule packs that seed the rule set."
    )
    lists_dir: Path = Field(PROJECT / "rules" / "lists", description="Folder of term lists that rules share.")
    helplines_file: Path = Field(
        PROJECT / "moderation" / "trends" / "helplines.yaml",
        description="Places that help, as article kits print them; those shipped have to be confirmed.",
    )
    pseudonym_key: SecretStr | None = Field(
        None,
        description="Key of the HMAC that stands for authors and rooms in day rows. "
        "Default: made once and kept in the data folder.",
    )
    host: str = Field("127.0.0.1", description="Address the HTTP server listens on.")
    port: int = Field(8080, ge=0, le=65535, description="Port the HTTP server listens on.")
    api_key: SecretStr | None = Field(
        None, description="Key that `ibasho report` sends to a server; made by `ibasho keys create`."
    )
    log_level: str = Field(
        "info", pattern="^(debug|info|warning|error)$", description="Least level that is logged."
    )
    rate_limit: NonNegativeInt = Field(
        5_000,
        description="Messages and other requests an API key may send a second, on average; 0: no limit. "
        "A key may have a limit of its own.",
    )
    rate_burst_seconds: PositiveInt = Field(
        10, description="How many seconds' worth of its rate limit a key may send at once."
    )
    max_text_chars: PositiveInt = Field(10_000, description="Longest message accepted, in code points.")
    max_batch: PositiveInt = Field(1_000, description="Most messages in one scoring request.")
    max_body_bytes: PositiveInt = Field(16_777_216, description="Largest request body accepted, in bytes.")
    idempotency_hours: PositiveInt = Field(
        24, description="How long an answer to a message id is kept, in hours."
    )
    context_messages: PositiveInt = Field(20, description="Room messages kept with a flagged one.")
    context_hours: PositiveInt = Field(6, description="How long a room's last messages are kept, in hours.")
    claim_lease_seconds: PositiveInt = Field(600, description="How long a claim on a case lasts, in seconds.")
    second_look_share: float = Field(
        0.05, ge=0, le=1, description="Share of decisions that a second moderator judges again, 0 to 1."
    )
    hold_seconds: PositiveInt = Field(
        900, description="A held message expires unseen after this, in seconds."
    )
    session_hours: PositiveInt = Field(12, description="How long a console login lasts, in hours.")
    stream_cap: PositiveInt = Field(
        2_000_000,
        description="Scored messages waiting for the recorder before new ones are left out and a gap is marked.",
    )
    webhook_timeout_seconds: PositiveInt = Field(
        15, description="A webhook receiver must answer within this, in seconds."
    )
    tracing: bool = Field(
        default=False,
        description="Send a span a request by OpenTelemetry; needs the extra `otel`. "
        "OTEL_EXPORTER_OTLP_ENDPOINT says where to.",
    )
    allow_private_webhooks: bool = Field(
        default=False, description="Allow webhook receivers on private and loopback addresses."
    )

    notice_days: PositiveInt = Field(
        7, description="Days until the applicant of a takedown notice has to hear the result."
    )
    notice_working_days: bool = Field(
        default=False,
        description="Count only working days in Japan for takedown notices, not calendar days.",
    )
    notice_due_soon_hours: PositiveInt = Field(
        48, description="How long before a takedown notice is due the alert leaves, in hours."
    )
    retention_message_days: NonNegativeInt = Field(
        30, description="Archived chat is deleted after this many days; 0: never. Counts stay for ever."
    )
    retention_case_days: NonNegativeInt = Field(
        180,
        description="Closed cases lose their texts, and reports and inquiries theirs, after this many days; 0: never.",
    )
    retention_notice_days: NonNegativeInt = Field(
        1825, description="Settled takedown notices are deleted after this many days; 0: never."
    )

    @cached_property
    def main_url(self) -> str:
        """URL of the case store."""
        return self.database_url or f"sqlite:///{self.data_dir / 'ibasho.db'}"

    @cached_property
    def archive_database_url(self) -> str:
        """URL of the archive and buckets."""
        if self.archive_url:
            return self.archive_url
        if self.main_url.startswith("postgresql"):
            return self.main_url
        return f"sqlite:///{self.data_dir / 'archive.db'}"

    @cached_property
    def classifier_dir(self) -> Path:
        """Folder of the trained classifier."""
        return self.model_dir or self.data_dir / "models" / "ja"


def read_settings() -> Settings:
    """Settings from the environment.

    Raises:
        Misconfigured: A value cannot be used, or an IBASHO_ variable is not a setting.
    """
    known = {f"IBASHO_{name.upper()}" for name in Settings.model_fields} | {
        "IBASHO_TEST_DATABASE_URL",
        "IBASHO_TEST_REDIS_URL",
    }
    unknown = sorted(name for name in os.environ if name.startswith("IBASHO_") and name not in known)
    if unknown:
        raise Misconfigured(f"Unknown setting {unknown[0]}; docs/settings.md lists the known ones.")
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = "_".join(str(part) for part in first["loc"]).upper()
        raise Misconfigured(f"Setting IBASHO_{name.removeprefix('IBASHO_')}: {first['msg']}.") from error
