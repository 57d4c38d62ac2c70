"""What a picture file says about its making: written, and read back."""

from __future__ import annotations

from velatura.metadata.embed import Encoded, Encoding, FileFormat, encode_picture
from velatura.metadata.infotext import describe, format_infotext
from velatura.metadata.legacy import complete_fields
from velatura.metadata.notation import Infotext, parse_infotext
from velatura.metadata.recover import request_from_infotext
from velatura.metadata.request_json import request_from_json, request_to_json
from velatura.metadata.story import Story, format_story, read_story

__all__ = [
    "Encoded",
    "Encoding",
    "FileFormat",
    "Infotext",
    "Story",
    "complete_fields",
    "describe",
    "encode_picture",
    "format_infotext",
    "format_story",
    "parse_infotext",
    "read_story",
    "request_from_infotext",
    "request_from_json",
    "request_to_json",
]
