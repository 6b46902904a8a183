"""Every error this project raises on purpose.

    ModerationError
    ├── NotFound       what is not there, or may not be seen (found.py)
    ├── Conflict       what does not fit the present state (conflict.py)
    ├── Invalid        what was given cannot be used; it names each place
    ├── NotAllowed     what somebody may not do (refused.py)
    ├── TooMany        what somebody may not do yet (refused.py)
    └── Unavailable    what cannot be done now, or not with these settings (unavailable.py)

``code`` is the stable word clients match on; the message is for people and says what
to do. HTTP statuses are given in api/errors.py, never here.
"""

from moderation.errors.base import (
    Conflict,
    FieldProblem,
    Invalid,
    ModerationError,
    NotAllowed,
    NotFound,
    TooMany,
    Unavailable,
)
from moderation.errors.conflict import (
    AlreadyAnswered,
    AlreadyDecided,
    AlreadySettled,
    AppealConflict,
    CaseClaimed,
    CaseClosed,
    CaseNotClaimed,
    FeedbackConflict,
    KeyEnded,
    MessageConflict,
    ModelConflict,
    NothingToUndo,
    StaleVersion,
)
from moderation.errors.found import (
    AppealNotFound,
    CaseNotFound,
    DecisionNotFound,
    HeldNotFound,
    PolicyNotFound,
    UserNotFound,
)
from moderation.errors.refused import (
    BadCredentials,
    BadForm,
    LoginNeeded,
    MissingRole,
    MissingScope,
    OwnDecision,
    RateLimited,
    ReasonNeeded,
)
from moderation.errors.unavailable import (
    Misconfigured,
    ModelUnavailable,
    PortTaken,
    StoreUnavailable,
)

__all__ = [
    "AlreadyAnswered",
    "AlreadyDecided",
    "AlreadySettled",
    "AppealConflict",
    "AppealNotFound",
    "BadCredentials",
    "BadForm",
    "CaseClaimed",
    "CaseClosed",
    "CaseNotClaimed",
    "CaseNotFound",
    "Conflict",
    "DecisionNotFound",
    "FeedbackConflict",
    "FieldProblem",
    "HeldNotFound",
    "Invalid",
    "KeyEnded",
    "LoginNeeded",
    "MessageConflict",
    "Misconfigured",
    "MissingRole",
    "MissingScope",
    "ModelConflict",
    "ModelUnavailable",
    "ModerationError",
    "NotAllowed",
    "NotFound",
    "NothingToUndo",
    "OwnDecision",
    "PolicyNotFound",
    "PortTaken",
    "RateLimited",
    "ReasonNeeded",
    "StaleVersion",
    "StoreUnavailable",
    "TooMany",
    "Unavailable",
    "UserNotFound",
]
