"""Texts of the console: Japanese in the source, other languages from gettext catalogues.

The ``.po`` files of ``locale/`` are compiled in memory when the console starts; a file a language,
or several (``en.po``, ``en_trends.po``), with the Japanese text as msgid.
"""

from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LOCALE_DIR = Path(__file__).with_name("locale")
LANGUAGES: dict[str, str] = {"ja": "日本語", "en": "English"}
"""Code and own name; the first is the one of the source."""
DEFAULT = "ja"


def N_(text: str) -> str:  # noqa: N802 - gettext's own name for a text that is translated later
    """Mark a text for the catalogues."""
    return text


def read_catalogue(language: str, folder: Path = LOCALE_DIR) -> Catalog:
    """All texts of a language in one catalogue."""
    whole = Catalog(locale=language)
    for path in sorted(folder.glob(f"{language}*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale=language):
                if message.id:
                    whole.add(message.id, message.string)
    return whole


def translations(language: str) -> NullTranslations:
    """What gettext needs to translate into a language."""
    if language == DEFAULT:
        return NullTranslations()
    compiled = BytesIO()
    write_mo(compiled, read_catalogue(language))
    compiled.seek(0)
    return GNUTranslations(compiled)


TRANSLATIONS: dict[str, NullTranslations] = {language: translations(language) for language in LANGUAGES}


def translate(language: str, text: str) -> str:
    """A text in a language; the empty text stays empty."""
    return TRANSLATIONS[language].gettext(text) if text else text
