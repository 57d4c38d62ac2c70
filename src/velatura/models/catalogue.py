"""The list of model files, and how one of them is called by name.

A checkpoint answers to many names (its file, its stem, its hash, a part of its title), because
people paste them from files that other programs wrote.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from velatura.errors import UnknownModel

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from velatura.models.hashes import Hashes

LEGACY = re.compile(r"(?:(.*) \[)?([0-9a-f]{8})\]?")
"""Eight digits alone, or behind a name in brackets."""

Kind = Literal["checkpoint", "vae", "lora", "embedding", "upscaler", "face restorer"]


@dataclass(frozen=True, slots=True)
class ModelFile:
    """A model file, or a folder in the layout of diffusers.

    Attributes:
        kind: What it is, told by the folder it lies in.
        name: Path relative to the folder searched, with ``/`` and the extension.
        path: Where it is.
    """

    kind: Kind
    name: str
    path: Path

    @property
    def stem(self) -> str:
        """File name without extension (and without ``.vae``); what pictures record."""
        name = self.name.rpartition("/")[2]
        return name if self.path.is_dir() else name.rpartition(".")[0]

    @property
    def model_name(self) -> str:
        """Relative path without extension, slashes as underscores, as A1111's API says it."""
        name = self.name if self.path.is_dir() else self.name.rpartition(".")[0]
        return name.replace("/", "_")

    def title(self, short_hash: str = "") -> str:
        """The name with the hash behind it, where that is known."""
        return f"{self.name} [{short_hash}]" if short_hash else self.name


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The models found, in order of search.

    Attributes:
        files: All of them; within a kind the first is the default.
        folders: The folders searched.
        remarks: What could not be read, a sentence each.
    """

    files: tuple[ModelFile, ...]
    folders: tuple[Path, ...] = ()
    remarks: tuple[str, ...] = ()

    def of(self, kind: Kind) -> tuple[ModelFile, ...]:
        """The models of one kind."""
        return tuple(file for file in self.files if file.kind == kind)

    def stems(self, kind: Kind) -> tuple[str, ...]:
        """The file names of one kind, without extensions."""
        return tuple(file.stem for file in self.of(kind))

    def find(self, kind: Kind, text: str = "", hashes: Hashes | None = None) -> ModelFile:
        """The model that ``text`` means; empty text means the first one.

        An exact name wins: the file, its title, stem or model name, or one of its hashes as far as
        they are known. Else the shortest title that contains the text; else the same without a
        ``[hash]`` at its end.

        Args:
            kind: Which kind of model.
            text: What the user typed.
            hashes: Hashes known from earlier; nothing is hashed here.

        Raises:
            UnknownModel: with close matches, if there is none.
        """
        files = self.of(kind)
        if not text and files:
            return files[0]
        for file in files:
            if text in _identifiers(file, hashes) or _has_legacy_hash(file, text, hashes):
                return file
        for part in (text, re.sub(r"\s*\[[^\]]*\]$", "", text)):
            if part and (found := _shortest_title(files, part, hashes)):
                return found
        raise UnknownModel(self._unknown(kind, text))

    def _unknown(self, kind: Kind, text: str) -> str:
        searched = ", ".join(str(folder) for folder in self.folders) or "no folder"
        names = [file.stem for file in self.of(kind)]
        if not names:
            return f"no {kind} found (searched: {searched}); name a folder with --models-dir"
        close = difflib.get_close_matches(text, names, n=3, cutoff=0.5) or names[:3]
        return (
            f"no {kind} named {text!r}; there is {', '.join(close)} (searched: {searched}); "
            "take one of these, or name the folder that holds it with --models-dir"
        )


def _identifiers(file: ModelFile, hashes: Hashes | None) -> Iterator[str]:
    """Everything that names exactly this file."""
    yield from (file.name, file.stem, file.model_name, file.name.rpartition("/")[2])
    if hashes is None:
        return
    if sha256 := hashes.known(file.path):
        short = sha256[:10]
        yield from (sha256, short, file.title(short), f"{file.stem} [{short}]")


def _has_legacy_hash(file: ModelFile, text: str, hashes: Hashes | None) -> bool:
    """Whether ``text`` is the web UI's first kind of hash, or the title it made with it."""
    match = LEGACY.fullmatch(text)
    if match is None or hashes is None or file.kind != "checkpoint" or not file.path.is_file():
        return False
    title, digits = match.groups()
    return title in (None, file.name) and digits == hashes.legacy(file.path)


def _shortest_title(
    files: tuple[ModelFile, ...], part: str, hashes: Hashes | None
) -> ModelFile | None:
    """Of the files whose title contains ``part``, the one with the shortest title."""
    titled = [(file.title(_short(file, hashes)), file) for file in files]
    holding = [(len(title), file) for title, file in titled if part in title]
    return min(holding, key=lambda entry: entry[0])[1] if holding else None


def _short(file: ModelFile, hashes: Hashes | None) -> str:
    return (hashes.known(file.path) or "")[:10] if hashes else ""
