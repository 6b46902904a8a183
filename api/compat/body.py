"""Read a body into a wire type; what is wrong has its place."""

from typing import TypeVar

import msgspec

from api.wire import field_problem
from moderation.errors import Invalid

Kind = TypeVar("Kind")


def decode(body: bytes, decoder: msgspec.json.Decoder[Kind]) -> Kind:
    """The body as the decoder's type.

    Raises:
        Invalid: It is not JSON in UTF-8, or a value is wrong; the problem has its place.
    """
    try:
        return decoder.decode(body)
    except msgspec.ValidationError as error:
        problem = field_problem(error)
        raise Invalid(f"The request cannot be used: {problem.detail}.", [problem]) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Invalid(f"The body is not JSON in UTF-8: {error}.") from error
