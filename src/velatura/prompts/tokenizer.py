"""Text to CLIP's token ids.

Radford et al. 2021 (arXiv:2103.00020): lower-cased text, byte-pair encoded over a vocabulary of
49,408. The text is first cleaned as in the original CLIP: ftfy repairs Unicode, resolves HTML
entities and straightens curly quotes; then white space shrinks to single spaces.
"""

from __future__ import annotations

import gzip
from functools import cache, cached_property
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from tokenizers import Regex, pre_tokenizers
from tokenizers import Tokenizer as Backend
from tokenizers.models import BPE

if TYPE_CHECKING:
    from collections.abc import Mapping

START: Final = 49406
END: Final = 49407
COMMA: Final = 267

_WORD_END = "</w>"
_SPECIAL = ("<|startoftext|>", "<|endoftext|>")
_MERGES = 48894
_WORDS = r"'s|'t|'re|'ve|'m|'ll|'d|\p{L}+|\p{N}|[^\s\p{L}\p{N}]+"


class Tokenizer:
    """CLIP's tokenizer.

    >>> clip_tokenizer().ids("a photo of a cat")
    (320, 1125, 539, 320, 2368)
    """

    def __init__(self) -> None:
        vocabulary, merges = _vocabulary()
        self._backend = Backend(BPE(vocab=vocabulary, merges=merges, end_of_word_suffix=_WORD_END))
        self._backend.pre_tokenizer = pre_tokenizers.Sequence(
            [
                pre_tokenizers.Split(Regex(_WORDS), behavior="removed", invert=True),
                pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
            ]
        )
        self._backend.add_special_tokens(list(_SPECIAL))
        self._words = {id_: word.removesuffix(_WORD_END) for word, id_ in vocabulary.items()}

    def ids(self, text: str) -> tuple[int, ...]:
        """Token ids of a text, without start and end."""
        return tuple(self._backend.encode(_clean(text), add_special_tokens=False).ids)

    def encoded(self, id_: int) -> bytes:
        """The UTF-8 bytes of a token; a character may span several tokens."""
        return bytes(_byte_of()[char] for char in self._words[id_])

    def word(self, id_: int) -> str:
        """A token as people read it.

        >>> clip_tokenizer().word(2368)
        'cat'
        """
        return self.encoded(id_).decode("utf-8", "replace")

    @cached_property
    def bracket_factors(self) -> Mapping[int, float]:
        """Factor of a token with brackets on all that follows, as in the web UI of 2022."""
        factors: dict[int, float] = {}
        for id_, word in self._words.items():
            factor = 1.0
            for char in word:
                if char in "(]":
                    factor *= 1.1
                elif char in ")[":
                    factor /= 1.1
            if factor != 1.0:
                factors[id_] = factor
        return factors


@cache
def clip_tokenizer() -> Tokenizer:
    """The one tokenizer, built at its first use (about 0.2 s)."""
    return Tokenizer()


def _clean(text: str) -> str:
    import ftfy  # takes 0.1 s: a server starts without it, and needs it at the first prompt

    return " ".join(ftfy.fix_text(text).split()).lower()


def _vocabulary() -> tuple[dict[str, int], list[tuple[str, str]]]:
    """Tokens with their ids, and the merges in order of rank.

    The ids: 256 bytes, 256 bytes that end a word, one per merge, then the special tokens.
    """
    packed = files("velatura.prompts").joinpath("vocabulary/bpe_simple_vocab_16e6.txt.gz")
    lines = gzip.decompress(packed.read_bytes()).decode("utf-8").split("\n")
    merges: list[tuple[str, str]] = []
    for line in lines[1 : _MERGES + 1]:
        left, right = line.split()
        merges.append((left, right))
    singles = list(_byte_of())
    words = [*singles, *(char + _WORD_END for char in singles)]
    words += [left + right for left, right in merges]
    return {word: id_ for id_, word in enumerate([*words, *_SPECIAL])}, merges


@cache
def _byte_of() -> dict[str, int]:
    """The printable character that stands for each byte, in the order of CLIP's ids."""
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(0x100) if byte not in printable]
    chars = [*map(chr, printable), *(chr(0x100 + index) for index in range(len(others)))]
    return dict(zip(chars, [*printable, *others], strict=True))
