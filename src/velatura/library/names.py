"""File names made of a picture's settings, by a pattern such as ``[seed]-[prompt_spaces]``.

Whatever a prompt says, a name is one harmless part of a path: it holds no separator, is no
relative or reserved name, starts with neither dot nor dash, and fits the file system.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from velatura.records import Img2Img, hires_of, painting_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from velatura.records import Painting, Picture

LONGEST_STEM = 128
"""Characters of a name, its ending left out."""

LONGEST_STEM_BYTES = 200
"""Bytes of the same in UTF-8; file systems allow 255 for the name with its ending."""

PROMPT_WORDS = 8

_ILLEGAL = re.compile(r'[#<>:"/\\|?*]')
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\.|$)", re.IGNORECASE)
_TOKEN = re.compile(r"\[(\w+)((?:<[^<>\[\]]*>)*)\]")
_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Occasion:
    """What a name can be made of.

    Attributes:
        picture: The picture to name.
        now: When it is written.
        index: Its place among the pictures of its request, from 0; None where there is but one.
    """

    picture: Picture
    now: datetime
    index: int | None = None


def file_stem(pattern: str, occasion: Occasion) -> str:
    """The pattern with its tokens filled in, made safe.

    A token that does not apply vanishes with the literal text before it; an unknown one stays.
    """
    parts: list[str] = []
    end = 0
    for match in _TOKEN.finditer(pattern):
        literal, end = pattern[end : match.start()], match.end()
        arguments = tuple(re.findall(r"<([^<>]*)>", match[2]))
        word = match[1].lower()
        value = _value(word, arguments, occasion) if word in TOKENS else match[0]
        if value is not None:
            parts += [literal, value]
    return safe_stem("".join(parts) + pattern[end:])


def _value(word: str, arguments: tuple[str, ...], occasion: Occasion) -> str | None:
    """What a token stands for; None where it does not apply."""
    if word in OF_PICTURE:
        return OF_PICTURE[word](occasion, arguments)
    painting = painting_of(occasion.picture.request)
    return None if painting is None else OF_PAINTING[word](painting, arguments)


def safe_stem(text: str) -> str:
    """The text as one part of a path that is legal everywhere; empty where nothing is left."""
    text = unicodedata.normalize("NFC", text)
    text = "".join(" " if _is_blank(sign) else sign for sign in text)
    text = text.encode("utf-8", errors="replace").decode("utf-8")
    text = _ILLEGAL.sub("_", text)[:LONGEST_STEM]
    text = text.encode()[:LONGEST_STEM_BYTES].decode(errors="ignore")
    text = re.sub(r"^[\s.\-]+", "", text).rstrip(" .\u3000")
    return f"_{text}" if _RESERVED.match(text) else text


def next_number(names: Iterable[str]) -> int:
    """One more than the largest number that any of the names starts with; 1 for the first."""
    found = (_NUMBER.match(name) for name in names)
    return 1 + max((int(match[0]) for match in found if match and len(match[0]) < 10), default=0)


def _is_blank(sign: str) -> bool:
    """Whether a character is a space or does not show: controls, direction marks, private use."""
    return sign.isspace() or unicodedata.category(sign) in ("Cc", "Cf", "Co", "Cn")


def _prompt(painting: Painting, _: tuple[str, ...]) -> str:
    return painting.prompt


def _prompt_words(painting: Painting, arguments: tuple[str, ...]) -> str:
    words = re.findall(r"\w+", painting.prompt)
    count = _whole_number(arguments, PROMPT_WORDS)
    return " ".join(words[:count])


def _prompt_hash(painting: Painting, arguments: tuple[str, ...]) -> str:
    return _digest(painting.prompt, arguments)


def _negative_hash(painting: Painting, arguments: tuple[str, ...]) -> str:
    return _digest(painting.negative_prompt, arguments)


def _full_hash(painting: Painting, arguments: tuple[str, ...]) -> str:
    return _digest(f"{painting.prompt} {painting.negative_prompt}", arguments)


def _image_hash(occasion: Occasion, arguments: tuple[str, ...]) -> str:
    return occasion.picture.id[: _whole_number(arguments, 64)]


def _digest(text: str, arguments: tuple[str, ...]) -> str:
    digest = hashlib.sha256(text.encode("utf-8", errors="replace")).hexdigest()
    return digest[: _whole_number(arguments, 8)]


def _whole_number(arguments: tuple[str, ...], default: int) -> int:
    """The first argument as a number, where it is one."""
    text = arguments[0] if arguments else ""
    return int(text) if re.fullmatch(r"[0-9]{1,3}", text) else default


def _datetime(occasion: Occasion, arguments: tuple[str, ...]) -> str:
    form = arguments[0] if arguments and arguments[0].isascii() else ""
    return occasion.now.strftime(form.replace("\x00", "") or "%Y%m%d%H%M%S")


def _hasprompt(painting: Painting, arguments: tuple[str, ...]) -> str:
    """Of each argument ``word|else``: the word where the prompt has it, else what follows."""
    prompt = painting.prompt.lower()
    found: list[str] = []
    for argument in arguments:
        word, _, otherwise = argument.partition("|")
        found.append(word if word and word.lower() in prompt else otherwise)
    return "".join(found)


def _sampler_schedule(painting: Painting, _: tuple[str, ...]) -> str:
    is_automatic = painting.schedule == "Automatic"
    return painting.sampler if is_automatic else f"{painting.sampler} {painting.schedule}"


def _strength(painting: Painting, _: tuple[str, ...]) -> str | None:
    if isinstance(painting, Img2Img):
        return str(painting.strength)
    hires = hires_of(painting)
    return None if hires is None else str(hires.strength)


def _index(occasion: Occasion, _: tuple[str, ...]) -> str | None:
    return None if occasion.index is None else str(occasion.index + 1)


def _model(kind: str, field: str) -> Callable[[Occasion, tuple[str, ...]], str | None]:
    """A model's name or hash; does not apply where none of that kind took part."""

    def fill(occasion: Occasion, _: tuple[str, ...]) -> str | None:
        used = [getattr(model, field) for model in occasion.picture.models if model.kind == kind]
        return used[0] if used else None

    return fill


def _setting(name: str) -> Callable[[Painting, tuple[str, ...]], str | None]:
    def fill(painting: Painting, _: tuple[str, ...]) -> str | None:
        return str(getattr(painting, name))

    return fill


OF_PAINTING: dict[str, Callable[[Painting, tuple[str, ...]], str | None]] = {
    "seed": _setting("seed"),
    "steps": _setting("steps"),
    "cfg": _setting("guidance_scale"),
    "sampler": _setting("sampler"),
    "scheduler": _setting("schedule"),
    "sampler_scheduler": _sampler_schedule,
    "clip_skip": _setting("clip_skip"),
    "denoising": _strength,
    "styles": lambda painting, _: ", ".join(painting.styles),
    "prompt": _prompt,
    "prompt_spaces": _prompt,
    "prompt_words": _prompt_words,
    "prompt_hash": _prompt_hash,
    "negative_prompt_hash": _negative_hash,
    "full_prompt_hash": _full_hash,
    "hasprompt": _hasprompt,
}
"""Tokens that a painting fills in: the picture itself, or the one it was made from."""

OF_PICTURE: dict[str, Callable[[Occasion, tuple[str, ...]], str | None]] = {
    "width": lambda occasion, _: str(occasion.picture.pixels.shape[1]),
    "height": lambda occasion, _: str(occasion.picture.pixels.shape[0]),
    "model_name": _model("checkpoint", "name"),
    "model_hash": _model("checkpoint", "hash"),
    "vae_filename": _model("vae", "name"),
    "image_hash": _image_hash,
    "batch_number": _index,
    "generation_number": _index,
    "date": lambda occasion, _: occasion.now.strftime("%Y-%m-%d"),
    "datetime": _datetime,
    "none": lambda _, __: "",
}
"""Tokens that any picture fills in."""

TOKENS = (*OF_PAINTING, *OF_PICTURE)
"""What can stand between brackets in a pattern."""
