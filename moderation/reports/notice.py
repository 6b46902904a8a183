"""Notice (削除申出): a legal takedown request, and what is done with it.

The shape follows 情報流通プラットフォーム対処法: an applicant claims that a right was infringed; a specialist
looks into it; the applicant is told the result, with the reason, within seven days, or told why it takes
longer; whoever posted it is told of a measure, or there is a ground not to. docs/notices.md says what counsel
has to confirm.
"""

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from moderation.errors import Conflict, FieldProblem, Invalid, NotFound
from moderation.reports.notice_words import ApplicantKind, Right

LONGEST_STATEMENT = 10_000
MOST_FILES = 10
MOST_FILE_BYTES = 5_242_880
MOST_BYTES = 10_485_760
"""Of all attachments of one notice together."""
_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Without the letters and digits that are mistaken for each other on the telephone."""


class NoticeNotFound(NotFound):
    """No such notice for this caller."""

    code = "notice_not_found"

    def __init__(self, reference: str) -> None:
        super().__init__(f"No notice {reference!r}.")


class NoticeClosed(Conflict):
    """The notice has its result, or was withdrawn."""

    code = "notice_closed"

    def __init__(self, reference: str) -> None:
        super().__init__(f"Notice {reference} is settled; its history says how.")


class NoticeConflict(Conflict):
    """A notice id came again with other content."""

    code = "notice_conflict"

    def __init__(self, external_id: str) -> None:
        super().__init__(f"Notice {external_id!r} came before with other content; give a new one a new id.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file of the applicant's, or the hash of one that is kept elsewhere."""

    name: str
    sha256: str
    content: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """What the applicant hands in; ``check`` says whether it can be taken.

    Attributes:
        external_id: The service's id of it, where it comes over the API: taken once.
        message_ids, urls: What shall be taken down; at least one of either.
        hide_from_poster: The applicant's name shall not reach the poster.
    """

    service: str
    channel: str
    external_id: str | None = None
    name: str = ""
    kind: ApplicantKind = ApplicantKind.SELF
    email: str = ""
    phone: str = ""
    address: str = ""
    right: Right = Right.OTHER
    message_ids: Sequence[str] = ()
    urls: Sequence[str] = ()
    statement: str = ""
    hide_from_poster: bool = True
    files: Sequence[Attachment] = ()

    @property
    def digest(self) -> str:
        """What "the same content" means for a notice id."""
        said = (
            self.name,
            self.email,
            self.phone,
            self.right,
            *self.message_ids,
            "",
            *self.urls,
            self.statement,
        )
        return sha256(
            "\0".join((*said, *(one.sha256 for one in self.files))).encode("utf-8", "replace")
        ).hexdigest()

    def check(self) -> None:
        """Refuse what nobody could act on.

        Raises:
            Invalid: With every wrong field.
        """
        problems = [*self._contact_problems(), *self._claim_problems(), *self._file_problems()]
        if problems:
            raise Invalid("The notice cannot be taken; each field is named.", problems)

    def _contact_problems(self) -> list[FieldProblem]:
        problems = []
        if not self.name.strip():
            problems.append(FieldProblem(pointer="/applicant/name", detail="Who applies has to be named."))
        if not self.email.strip() and not self.phone.strip() and not self.address.strip():
            detail = "Give an email, a phone number or an address: the result has to reach the applicant."
            problems.append(FieldProblem(pointer="/applicant/email", detail=detail))
        elif self.email.strip() and not _EMAIL.fullmatch(self.email.strip()):
            problems.append(FieldProblem(pointer="/applicant/email", detail="This is no email address."))
        return problems

    def _claim_problems(self) -> list[FieldProblem]:
        problems = []
        if not self.message_ids and not self.urls:
            detail = "Name at least one message or URL that shall be taken down."
            problems.append(FieldProblem(pointer="/urls", detail=detail))
        for at, url in enumerate(self.urls):
            if not url.startswith(("http://", "https://")):
                problems.append(FieldProblem(pointer=f"/urls/{at}", detail="A URL begins with https://."))
        if not self.statement.strip():
            problems.append(FieldProblem(pointer="/statement", detail="Say why it infringes the right."))
        elif len(self.statement) > LONGEST_STATEMENT:
            detail = f"At most {LONGEST_STATEMENT:,} characters, these are {len(self.statement):,}."
            problems.append(FieldProblem(pointer="/statement", detail=detail))
        return problems

    def _file_problems(self) -> list[FieldProblem]:
        problems = []
        if len(self.files) > MOST_FILES:
            problems.append(FieldProblem(pointer="/attachments", detail=f"At most {MOST_FILES} files."))
        if sum(len(file.content or b"") for file in self.files) > MOST_BYTES:
            detail = f"All files together may have {MOST_BYTES:,} bytes."
            problems.append(FieldProblem(pointer="/attachments", detail=detail))
        for at, file in enumerate(self.files):
            problems += _file_problem(f"/attachments/{at}", file)
        return problems


def _file_problem(pointer: str, file: Attachment) -> list[FieldProblem]:
    if not _SHA256.fullmatch(file.sha256):
        return [FieldProblem(pointer=f"{pointer}/sha256", detail="A SHA-256 has 64 lower-case hex digits.")]
    if file.content is None:
        return []
    if len(file.content) > MOST_FILE_BYTES:
        detail = f"{file.name}: {len(file.content):,} bytes; a file may have {MOST_FILE_BYTES:,}."
        return [FieldProblem(pointer=f"{pointer}/content", detail=detail)]
    found = sha256(file.content).hexdigest()
    if found != file.sha256:
        detail = f"{file.name}: the content's SHA-256 is {found}, not {file.sha256}."
        return [FieldProblem(pointer=f"{pointer}/sha256", detail=detail)]
    return []


def new_reference(now: datetime) -> str:
    """A number to say on the telephone, as ``SD-20261127-7K3Q9F``; nobody can guess the next one."""
    return f"SD-{now:%Y%m%d}-{''.join(secrets.choice(_ALPHABET) for _ in range(6))}"
