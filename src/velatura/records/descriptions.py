"""What a record's docstring says about its fields, for help texts and schemas."""

from __future__ import annotations

import inspect
import re
from dataclasses import is_dataclass
from functools import cache


@cache
def descriptions(record: type) -> dict[str, str]:
    """Field name to description, from the ``Attributes:`` section of the docstring."""
    if not is_dataclass(record):
        return {}
    found: dict[str, str] = {}
    for kind in reversed(record.__mro__):
        _, _, section = inspect.cleandoc(kind.__doc__ or "").partition("Attributes:\n")
        entries = re.findall(r"^    (\w+): (.+(?:\n {8}.+)*)", section, flags=re.MULTILINE)
        found |= {name: " ".join(text.split()) for name, text in entries}
    return found
