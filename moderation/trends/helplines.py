"""Helplines: places that help, with contacts that somebody of the deployment looked up."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Final

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from moderation.errors import Misconfigured
from moderation.trends.advice import ADVICE

SHIPPED: Final = Path(__file__).with_name("helplines.yaml")
"""What a deployment starts from; nothing in it is confirmed."""
TO_CONFIRM: Final = "【要確認】"


class Helpline(BaseModel):
    """One place that helps. ``confirmed_on`` is the day on which somebody looked its contact up."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=1, max_length=100)
    contact: str = Field(min_length=1, max_length=100)
    note: str = Field("", max_length=200)
    confirmed_on: date | None = None

    @property
    def line(self) -> str:
        """As it is printed; what nobody looked up is marked."""
        note = f"（{self.note}）" if self.note else ""
        return f"{self.name}　{self.contact}{note}{'' if self.confirmed_on else TO_CONFIRM}"


Helplines = Mapping[str, Helpline]
_FILE = TypeAdapter(dict[str, Helpline])


def read_helplines(path: Path) -> Helplines:
    """The places of a file, by the names that the texts use.

    Raises:
        Misconfigured: The file cannot be read, is of another shape, or lacks a place that a text names.
    """
    try:
        found = _FILE.validate_python(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise Misconfigured(f"Cannot read the helplines: {path}: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise Misconfigured(f"Helplines in {path}: {place or 'the file'}: {first['msg']}.") from error
    missing = sorted({name for advice in ADVICE.values() for name in advice.help} - set(found))
    if missing:
        raise Misconfigured(f"Helplines in {path}: {missing[0]} is missing; the texts name it.")
    return found
