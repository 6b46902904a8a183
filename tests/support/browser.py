"""How tests start Chromium: headless, as root too, without calls to the outside, and with a Japanese font."""

import os
from pathlib import Path

import noto_cjk_sans_jp_regular

CHROMIUM_FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

_FONTS = """<?xml version="1.0"?>
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir>{fonts}</dir>
  <cachedir>{cache}</cachedir>
</fontconfig>
"""


def font_environment(folder: str | Path) -> dict[str, str | float | bool]:
    """An environment in which Chromium finds the Japanese font of a wheel, on machines that have none.

    Args:
        folder: Where the configuration and its cache may lie while the browser runs.
    """
    config = Path(folder) / "fonts.conf"
    fonts = Path(noto_cjk_sans_jp_regular.__file__).parent
    config.write_text(_FONTS.format(fonts=fonts, cache=Path(folder) / "cache"), encoding="utf-8")
    return {**os.environ, "FONTCONFIG_FILE": str(config)}
