"""The story of a picture as its file tells it: what was asked, with what, by whom.

Our own JSON wins over the infotext beside it, because it is complete and unambiguous; a file of
another program tells what its text tells. A picture without any data has an empty story.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from velatura.errors import PictureError, RequestError
from velatura.metadata.containers import Blocks, read_blocks
from velatura.metadata.exif import user_comment
from velatura.metadata.lineage import (
    bare_request,
    lineage_from_plain,
    lineage_to_plain,
    models_from_plain,
)
from velatura.metadata.notation import Infotext, parse_infotext
from velatura.metadata.novelai import infotext_from_novelai
from velatura.metadata.provenance import parse_xmp
from velatura.metadata.recover import request_from_infotext
from velatura.metadata.request_json import VERSION_KEY, check_version, request_from_dict
from velatura.records import bitmaps
from velatura.records.plain import read_json
from velatura.version import __version__

if TYPE_CHECKING:
    from velatura.records import ModelUse, Picture, Request

FORMAT = 2
"""Version of the story; format 1 had no lineage and no id."""

LARGEST_FILE = 2**30
"""Bytes of a picture file that are looked at."""

SOFTWARE = f"Velatura {__version__}"
STORY_CHUNK, INFOTEXT_CHUNK = "velatura", "parameters"


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """What a picture file tells.

    Attributes:
        source: Where it was found, in words; empty where nothing was.
        text: The infotext as it stands in the file.
        infotext: The parts of the text.
        id: Id of the picture that the story was written for.
        request: The request, whose bitmaps remember how they were made; None where neither JSON
            nor fields tell one.
        is_exact: Whether the request is complete, from our JSON, rather than read off the text.
        rest: Fields of the text that have no place in the request.
        models: Model files that took part.
        remarks: What the maker was told.
        parents: Ids of the pictures this one was made from.
        source_type: The IPTC digital source type, an address.
        texts: Every text of the file by its keyword.
        is_lossy: Whether the file's pixels were written with loss.
        problems: What could not be read, a sentence each.
    """

    source: str = ""
    text: str = ""
    infotext: Infotext = field(default_factory=Infotext)
    id: str = ""
    request: Request | None = None
    is_exact: bool = False
    rest: dict[str, str] = field(default_factory=dict[str, str])
    models: tuple[ModelUse, ...] = ()
    remarks: tuple[str, ...] = ()
    parents: tuple[str, ...] = ()
    source_type: str = ""
    texts: dict[str, str] = field(default_factory=dict[str, str])
    is_lossy: bool = False
    problems: tuple[str, ...] = ()


def format_story(picture: Picture, *, carries_pixels: bool = True) -> str:
    """Request, circumstances and lineage of a picture as JSON, ASCII only.

    Args:
        picture: What to tell of.
        carries_pixels: Whether sketches, masks and photographs come along with their pixels.
    """
    story = {
        VERSION_KEY: FORMAT,
        "software": SOFTWARE,
        "id": picture.id,
        "request": bare_request(picture.request),
        "models": [asdict(model) for model in picture.models],
        "remarks": picture.remarks,
        **lineage_to_plain(picture.request, carries_pixels=carries_pixels),
    }
    return json.dumps(story)


def read_story(file: Path | str | bytes) -> Story:
    """The story in a picture file, or in the bytes of one.

    The file's own pixels are not decoded; those of sketches and masks within the story are.

    Raises:
        PictureError: not a file, not a picture, cut off, or with texts beyond all measure.
    """
    blocks = read_blocks(file if isinstance(file, bytes) else _file_bytes(Path(file)))
    problems = list(blocks.problems)
    source_type = story_json = ""
    if blocks.xmp:
        try:
            provenance = parse_xmp(blocks.xmp)
        except ValueError as error:
            problems.append(str(error))
        else:
            source_type, story_json = provenance.source_type, provenance.story
    text, source = _find_text(blocks, problems)
    story = Story(source=source, text=text, source_type=source_type, texts=blocks.texts)
    story = _with_infotext(story)
    story = _with_json(story, blocks.texts.get(STORY_CHUNK, story_json), problems)
    return replace(story, is_lossy=blocks.is_lossy, problems=tuple(problems))


def _file_bytes(path: Path) -> bytes:
    try:
        if not path.is_file():
            raise PictureError(f"{path}: no such picture file")
        if path.stat().st_size > LARGEST_FILE:
            raise PictureError(f"{path}: larger than {LARGEST_FILE} bytes; not read")
        return path.read_bytes()
    except (OSError, ValueError) as error:
        raise PictureError(f"{path}: cannot be read: {error}") from error


def _find_text(blocks: Blocks, problems: list[str]) -> tuple[str, str]:
    """The infotext and where it was found; EXIF comes before PNG text, as in A1111."""
    if blocks.exif:
        try:
            comment = user_comment(blocks.exif)
        except ValueError as error:
            problems.append(f"the EXIF block is damaged: {error}")
        else:
            if comment:
                return comment, "EXIF user comment"
    if text := blocks.texts.get(INFOTEXT_CHUNK):
        return text, "PNG text"
    if blocks.texts.get("Software") == "NovelAI":
        return str(infotext_from_novelai(blocks.texts)), "NovelAI note"
    if blocks.format == "GIF" and (text := blocks.texts.get("comment")):
        return text, "GIF comment"
    return "", ""


def _with_infotext(story: Story) -> Story:
    if not story.text:
        return story
    infotext = parse_infotext(story.text)
    if not infotext.fields:
        return replace(story, infotext=infotext)
    request, rest = request_from_infotext(infotext)
    return replace(story, infotext=infotext, request=request, rest=rest)


def _with_json(story: Story, text: str, problems: list[str]) -> Story:
    """The story as our JSON tells it; where that cannot be read, what the text told stays."""
    if not text:
        return story
    try:
        values = _checked(read_json(text, "request"))
        json.dumps(values, ensure_ascii=False).encode()  # no half characters (lone surrogates)
        request = request_from_dict(values["request"], lineage_from_plain(values, problems))
        return replace(
            story,
            source=story.source or "Velatura's own note",
            id=str(values.get("id", "")),
            request=request,
            is_exact=True,
            models=models_from_plain(values.get("models", [])),
            remarks=tuple(str(each) for each in values.get("remarks", [])),
            parents=tuple(bitmap.id for _, bitmap in bitmaps(request)),
        )
    except (RequestError, TypeError, UnicodeEncodeError) as error:
        problems.append(f"Velatura's own note cannot be used: {error}")
        return story


def _checked(values: Any) -> dict[str, Any]:  # noqa: ANN401
    if not isinstance(values, dict) or "request" not in values:
        raise RequestError("request: expected an object with a request")
    check_version(values.get(VERSION_KEY), FORMAT)
    return values
