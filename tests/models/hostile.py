"""Pickles that try to run code, and a witness that tells whether one did."""

from __future__ import annotations

import builtins
import io
import os
import pickle
import struct
import zipfile
from typing import TYPE_CHECKING, Any

import torch

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

WITNESS = "velatura_hostile_pickle_ran"


def ran() -> bool:
    """Whether any of the pickles below has run its code in this process."""
    return hasattr(builtins, WITNESS)


class Calls:
    """Pickles into a call of ``function(*args)``."""

    def __init__(self, function: Callable[..., Any], *args: object) -> None:
        self.function, self.args = function, args

    def __reduce__(self) -> Any:
        return self.function, self.args


class Sets:
    """Pickles into an object with a state that a ``__setstate__`` would receive."""

    def __reduce__(self) -> Any:
        return Sets, (), {"x": Calls(exec, CODE)}

    def __setstate__(self, state: object) -> None:
        setattr(builtins, WITNESS, True)


CODE = f"import builtins; builtins.{WITNESS} = True"

OBJECTS: dict[str, object] = {
    "os.system": Calls(os.system, "exit 1"),  # pyright: ignore[reportDeprecated]
    "builtins.exec": Calls(exec, CODE),
    "builtins.eval": Calls(eval, f"setattr(__import__('builtins'), '{WITNESS}', True)"),
    "builtins.getattr": Calls(getattr, "os", "system"),
    "builtins.__import__": Calls(__import__, "os"),
    "nested call": Calls(getattr, Calls(__import__, "builtins"), "exec"),
    "inside a list": [1, [2, [Calls(exec, CODE)]]],
    "as a key": {Calls(exec, CODE): 1},
    "in a tuple argument": Calls(dict, Calls(exec, CODE)),
    "__setstate__": Sets(),
    "torch.load": Calls(torch.load, "other.ckpt"),
    "torch.hub.load": Calls(torch.hub.load, "someone/something", "model"),
    "open": Calls(open, "/dev/null", "w"),
    "bytearray bomb": Calls(bytes, 2**40),
}
"""Things that ``pickle.loads`` would run, by what they try."""


def raw(*instructions: bytes) -> bytes:
    """A pickle from instructions."""
    return b"\x80\x02" + b"".join(instructions) + b"."


def text(value: str) -> bytes:
    """The instruction that pushes a text."""
    return b"X" + struct.pack("<I", len(value.encode())) + value.encode()


PICKLES: dict[str, bytes] = {
    "INST": b"(S'exit 1'\nios\nsystem\n.",
    "OBJ": raw(b"(", b"cos\nsystem\n", text("exit 1"), b"o"),
    "GLOBAL of protocol 0": b"cos\nsystem\n(S'exit 1'\ntR.",
    "STACK_GLOBAL": b"\x80\x04\x8c\x05posix\x8c\x06system\x93\x8c\x06exit 1\x85R.",
    "extension registry": raw(b"\x82\x01"),
    "dotted name": raw(b"ccollections\nOrderedDict.__init__.__globals__\n"),
    "allowed module, other name": raw(
        b"ctorch._utils\n_import_dotted_name\n", text("os"), b"\x85R"
    ),
    "numpy gadget": raw(b"cnumpy\n__builtins__\n"),
    "runstring": raw(b"cnumpy.testing._private.utils\nrunstring\n", text(CODE), b"}\x86R"),
    "changing a class": raw(b"ctorch.nn.parameter\nParameter\n", b"}", text("x"), b"K\x01s", b"b"),
    "calling a text": raw(text("os.system"), text("x"), b"\x85R"),
    "calling with no arguments": raw(b"ccollections\nOrderedDict\n", text("x"), b"R"),
    "text persistent id": raw(b"Pstorage\n"),
    "buffer": b"\x80\x05\x97.",
    "module written in two ways": raw(b"c__builtin__\neval\n", text("1"), b"\x85R"),
}
"""Pickles that no ``pickle.dumps`` would write."""

TREE = b")" + b"2\x86" * 60
"""A pair of a pair of ... that shares its halves: sixty levels, and 2**60 leaves to print."""

NONSENSE: dict[str, bytes] = {
    "empty": b"\x80\x02",
    "stack underflow": raw(b"0000"),
    "no mark": raw(b"t"),
    "unknown memo": raw(b"h\x05"),
    "unknown opcode": raw(b"\xff"),
    "huge text": raw(b"X\xff\xff\xff\xff"),
    "huge bytes": b"\x80\x04\x8e" + struct.pack("<Q", 2**60) + b".",
    "negative long": raw(b"\x8b" + struct.pack("<i", -5)),
    "huge number": raw(b"I" + b"9" * 10_000 + b"\n"),
    "persistent id of no storage": raw(text("x"), b"Q"),
    "persistent id of another type": raw(
        b"(", text("storage"), b"cnumpy\ndtype\n", text("0"), text("cpu"), b"K\x04", b"tQ"
    ),
    "odd items": raw(b"}(", text("a"), b"u"),
    "append to a number": raw(b"K\x01K\x01a"),
    "tensor of no storage": raw(b"ctorch._utils\n_rebuild_tensor_v2\n", b"(", b"NK\x00)))", b"tR"),
    "tensor with too few arguments": raw(b"ctorch._utils\n_rebuild_tensor_v2\n", b")R"),
    "an OrderedDict of numbers": raw(b"ccollections\nOrderedDict\n", b"K\x05\x85R"),
    "a hash that takes forever": raw(b"}", TREE, b"Ns"),
    "a set that takes forever": raw(b"cbuiltins\nfrozenset\n", TREE, b"\x85\x85R"),
    "a name that takes forever": b"\x80\x04" + TREE + TREE + b"\x93.",
    "a storage whose name takes forever": raw(
        b"(", text("storage"), b"ctorch\nFloatStorage\n", TREE, text("cpu"), b"K\x04", b"tQ"
    ),
}
"""Pickles that make no sense, or would cost memory or time without bound."""


def recursive() -> bytes:
    """A list that contains itself, in a state dict that does too."""
    content: dict[str, Any] = {"state_dict": {}}
    loop: list[Any] = []
    loop.append(loop)
    content["state_dict"]["loop"], content["state_dict"]["self"] = loop, content
    return pickle.dumps(content, protocol=2)


def in_zip(path: Path, data: bytes, *, method: int = zipfile.ZIP_STORED, **extra: bytes) -> Path:
    """A torch archive whose pickle is ``data``."""
    with zipfile.ZipFile(path, "w", method) as archive:
        archive.writestr("archive/data.pkl", data)
        archive.writestr("archive/version", b"3\n")
        for name, content in extra.items():
            archive.writestr(f"archive/{name.replace('__', '/')}", content)
    return path


def in_legacy(path: Path, data: bytes) -> Path:
    """A file of the old torch format whose main pickle is ``data``."""
    buffer = io.BytesIO()
    for value in (0x1950A86A20F9469CFC6C, 1001, {"little_endian": True}):
        pickle.dump(value, buffer, protocol=2)
    path.write_bytes(buffer.getvalue() + data + pickle.dumps([], protocol=2))
    return path
