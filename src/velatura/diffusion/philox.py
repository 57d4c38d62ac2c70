"""The normal random numbers that an NVIDIA card draws, computed anywhere.

The generator is Philox-4x32 with ten rounds (Salmon et al. 2011, "Parallel random numbers: as easy
as 1, 2, 3", doi:10.1145/2063384.2063405): a block cipher whose key is the seed and whose plain
text is a counter. Two of its four output words become one normal number by the Box-Muller
transform.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Words = NDArray[np.uint32]

MULTIPLIERS = (np.uint64(0xD2511F53), np.uint64(0xCD9E8D57))
WEYL = (0x9E3779B9, 0xBB67AE85)
ROUNDS = 10
WORD = 2**32


def philox_normal(seed: int, draw: int, count: int) -> NDArray[np.float32]:
    """``count`` standard-normal numbers: those of draw number ``draw`` (from 0) of ``seed``.

    Example:
        >>> [round(float(number), 5) for number in philox_normal(0, 0, 4)]
        [-0.92466, -0.42534, -2.64385, 0.14518]
    """
    counter = [np.zeros(count, np.uint32) for _ in range(4)]
    counter[0][:] = draw % WORD
    counter[2][:] = np.arange(count, dtype=np.uint32)
    words = _encrypt(counter, seed % WORD, seed // WORD % WORD)
    return _box_muller(words[0], words[1])


def _encrypt(counter: list[Words], low: int, high: int) -> list[Words]:
    """Ten rounds over four words of 32 bits, with the key (``low``, ``high``)."""
    c0, c1, c2, c3 = counter
    for number in range(ROUNDS):
        key0 = np.uint32((low + number * WEYL[0]) % WORD)
        key1 = np.uint32((high + number * WEYL[1]) % WORD)
        product0, product1 = c0 * MULTIPLIERS[0], c2 * MULTIPLIERS[1]  # 64 bits wide
        c0, c1 = _upper(product1) ^ c1 ^ key0, product1.astype(np.uint32)
        c2, c3 = _upper(product0) ^ c3 ^ key1, product0.astype(np.uint32)
    return [c0, c1, c2, c3]


def _upper(product: NDArray[np.uint64]) -> Words:
    return (product >> np.uint64(32)).astype(np.uint32)


def _box_muller(first: Words, second: Words) -> NDArray[np.float32]:
    """``sqrt(-2 ln u) sin v``, u in (0, 1] from the first word, v in (0, 2 pi] from the second.

    The constants are single precision, the rest double: so the web UI's emulation has it, which
    seeds rely on.
    """
    scale = 1 / WORD
    turn = float(np.float32(2 * math.pi / WORD))
    u = first * scale + scale / 2
    v = second * turn + turn / 2
    return (np.sqrt(-2 * np.log(u)) * np.sin(v)).astype(np.float32)
