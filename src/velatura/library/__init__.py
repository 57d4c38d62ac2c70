"""Pictures on disk."""

from __future__ import annotations

from velatura.library.files import Target, save_numbered, save_picture, save_sheet
from velatura.library.names import TOKENS, Occasion, file_stem, next_number, safe_stem
from velatura.library.opened import Opened, open_picture
from velatura.library.sheet import contact_sheet

__all__ = [
    "TOKENS",
    "Occasion",
    "Opened",
    "Target",
    "contact_sheet",
    "file_stem",
    "next_number",
    "open_picture",
    "safe_stem",
    "save_numbered",
    "save_picture",
    "save_sheet",
]
