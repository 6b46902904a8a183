"""What cannot be done now, or not with these settings."""

from moderation.errors.base import Unavailable


class StoreUnavailable(Unavailable):
    """The database does not answer, so nothing was accepted."""

    code = "store_unavailable"


class Misconfigured(Unavailable):
    """A setting or file stops the program from starting."""

    code = "misconfigured"


class ModelUnavailable(Unavailable):
    """A registered classifier cannot be loaded: a file is not there, or is not what was registered."""

    code = "model_unavailable"


class PortTaken(Unavailable):
    """Something else listens on the port already."""

    code = "port_taken"

    def __init__(self, port: int) -> None:
        super().__init__(f"Port {port} is taken; stop what listens there, or choose another with --port.")
