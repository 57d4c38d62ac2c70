"""The saved styles, in the one file that they are kept in."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from velatura.errors import OutputError, RequestError
from velatura.prompts.styles import read_styles, write_styles

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from velatura.prompts.styles import Style

LONGEST_NAME = 100
LONGEST_TEXT = 10_000
MOST_STYLES = 1000


class Styles:
    """Reads and writes the file; people may change it, too.

    Args:
        file: Where; it need not be there yet. None keeps none.
    """

    def __init__(self, file: Path | None) -> None:
        self._file = file
        self._lock = threading.Lock()

    def all(self) -> dict[str, Style]:
        """The styles by name.

        Raises:
            RequestError: the file cannot be read.
        """
        return read_styles(self._file) if self._file and self._file.is_file() else {}

    def save(self, style: Style) -> None:
        """Keep a style, in place of one of its name.

        Raises:
            RequestError: its name or its texts cannot be kept, or there are too many.
            OutputError: the file cannot be written.
        """
        _check(style)
        with self._lock:
            styles = self.all() | {style.name: style}
            if len(styles) > MOST_STYLES:
                raise RequestError(f"name: {MOST_STYLES} styles at most; drop one", field="name")
            self._write(styles.values())

    def drop(self, name: str) -> None:
        """Give a style up.

        Raises:
            RequestError: there is none of that name.
            OutputError: the file cannot be written.
        """
        with self._lock:
            styles = self.all()
            if styles.pop(name, None) is None:
                known = ", ".join(styles) or "none"
                raise RequestError(
                    f"name: no style is called {name[:80]!r} (known: {known})", field="name"
                )
            self._write(styles.values())

    def _write(self, styles: Iterable[Style]) -> None:
        if self._file is None:
            raise RequestError("styles: this studio keeps none; set VELATURA_STYLES_FILE")
        try:
            write_styles(self._file, styles)
        except OSError as error:
            raise OutputError(f"{self._file.name}: cannot be written: {error.strerror}") from error


def _check(style: Style) -> None:
    name = style.name
    if not 1 <= len(name) <= LONGEST_NAME or not name.isprintable() or name != name.strip():
        raise RequestError(f"name: expected 1 to {LONGEST_NAME} printable characters", field="name")
    if name.startswith("#"):  # such rows are comments
        raise RequestError("name: may not begin with '#'", field="name")
    for field, text in (("prompt", style.prompt), ("negative_prompt", style.negative_prompt)):
        if len(text) > LONGEST_TEXT or "\0" in text:
            raise RequestError(f"{field}: {LONGEST_TEXT} characters at most", field=field)
