"""Reads a pickle as data: nothing in it is imported, called or built.

A pickle is a program for a stack machine. This one runs the program's *data* instructions only.
Where the program names a Python object, the name must stand in :data:`KNOWN`; where it would call
or build one, a :class:`Leftover` is put in its place, or a container if it was one. Everything
else ends the reading. Work and memory are proportional to the length of the pickle.
"""

from __future__ import annotations

import pickletools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from velatura.errors import BrokenModel, UnsafeModel
from velatura.models.pickle_data import Leftover, Name
from velatura.models.pickle_names import CONTAINERS, KNOWN

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

MAX_ITEM_BYTES = 64 * 2**20
"""Longest text or byte string inside a pickle, and longest pickle inside an archive."""

PLAIN_KEYS = (str, int, float, bytes, type(None))


class Stream:
    """A file that :mod:`pickletools` reads pickles from, which never reads more than is there."""

    def __init__(self, path: Path, file: Any) -> None:  # noqa: ANN401
        self._path = path
        self._file = file

    def read(self, count: int) -> bytes:
        """Exactly ``count`` bytes."""
        if count > MAX_ITEM_BYTES:
            raise BrokenModel(f"{self._path}: a text of {count} bytes inside its pickle")
        return self._file.read(count)

    def readline(self) -> bytes:
        """A line, or as much of it as we would ever need."""
        return self._file.readline(MAX_ITEM_BYTES)

    def tell(self) -> int:
        """Bytes read so far."""
        return self._file.tell()


def read_pickle(
    path: Path,
    stream: Stream,
    *,
    load: Callable[[object], object],
    calls: Mapping[str, Callable[[tuple[Any, ...]], object]],
) -> object:
    """The data that one pickle describes.

    Args:
        path: The file, for messages.
        stream: Where the pickle begins; left where it ends.
        load: Gives what a persistent id stands for.
        calls: Functions to use for some of the known names, by name.

    Raises:
        UnsafeModel: if the pickle names anything outside the allow-list.
        BrokenModel: if it is truncated or makes no sense.
    """
    machine = _Machine(path, load, calls)
    try:
        for opcode, arg, _ in pickletools.genops(cast("Any", stream)):
            if opcode.name == "STOP":
                return machine.pop()
            machine.step(opcode.name, arg)
    except (ValueError, TypeError, LookupError, AttributeError, OverflowError) as error:
        raise BrokenModel(f"{path}: its pickle makes no sense: {error}") from error
    raise BrokenModel(f"{path}: its pickle has no end")


@dataclass(slots=True)
class _Machine:
    """The stack machine of one pickle."""

    path: Path
    load: Callable[[object], object]
    calls: Mapping[str, Callable[[tuple[Any, ...]], object]]
    stack: list[Any] = field(default_factory=list)
    marks: list[list[Any]] = field(default_factory=list)
    memo: dict[int, Any] = field(default_factory=dict)

    def step(self, opcode: str, arg: Any) -> None:  # noqa: ANN401
        """Run one instruction."""
        if opcode in LITERALS:
            self.stack.append(arg)
        elif opcode in CONSTANTS:
            self.stack.append(CONSTANTS[opcode])
        elif opcode in ACTIONS:
            ACTIONS[opcode](self, arg)
        else:
            raise UnsafeModel(
                f"{self.path}: its pickle uses the instruction {opcode}, which no model needs; "
                "it was not run"
            )

    def pop(self) -> Any:  # noqa: ANN401
        """The top of the stack."""
        return self.stack.pop()

    def pop_mark(self) -> list[Any]:
        """Everything since the last mark."""
        items, self.stack = self.stack, self.marks.pop()
        return items

    def name(self, module: str, name: str) -> Name:
        """A name, if it may be said."""
        text = f"{module}.{name}".replace("__builtin__.", "builtins.")
        if text not in KNOWN:
            raise UnsafeModel(
                f"{self.path}: refers to {text[:200]!r}, which no model needs: reading it could "
                "run code. Nothing was run; get the file as .safetensors, or from elsewhere"
            )
        return Name(text)

    def call(self, function: object, args: object) -> object:
        """What stands for ``function(*args)``."""
        if not isinstance(function, Name) or not isinstance(args, tuple):
            raise UnsafeModel(f"{self.path}: its pickle calls what is no function; it was not run")
        values = cast("tuple[Any, ...]", args)
        if function.text in self.calls:
            return self.calls[function.text](values)
        if function.text in CONTAINERS:
            return _container(CONTAINERS[function.text], values)
        return Leftover(function.text, values)


def _container(kind: type, args: tuple[Any, ...]) -> object:
    """An empty container, or one with the items in ``args``."""
    if kind is dict:
        pairs = args[0] if args and isinstance(args[0], (list, tuple)) else ()
        return {_key(key): value for key, value in cast("Any", pairs)}
    items = args[0] if args else ()
    if not isinstance(items, (list, tuple, set, frozenset)):
        raise TypeError("a container made from what is no list")
    listed = cast("list[Any]", items)
    return kind(listed) if kind in (list, tuple) else kind(_key(item) for item in listed)


def _key(value: Any) -> Any:  # noqa: ANN401
    """A key whose hash takes no longer than reading it did."""
    items = cast("tuple[Any, ...]", value) if isinstance(value, tuple) else (value,)
    if not all(isinstance(item, (*PLAIN_KEYS, Name, Leftover)) for item in items):
        raise TypeError(f"a {type(value).__name__} as a key")
    return value


def _mark(machine: _Machine, _: object) -> None:
    machine.marks.append(machine.stack)
    machine.stack = []


def _pop(machine: _Machine, _: object) -> None:
    if machine.stack:
        machine.stack.pop()
    else:
        machine.pop_mark()


def _drop_mark(machine: _Machine, _: object) -> None:
    machine.pop_mark()


def _tuple(machine: _Machine, count: int) -> None:
    if len(machine.stack) < count:
        raise IndexError("the stack is empty")
    items = tuple(machine.stack[-count:])
    del machine.stack[-count:]
    machine.stack.append(items)


def _collect(machine: _Machine, kind: Callable[[list[Any]], object]) -> None:
    items = machine.pop_mark()
    machine.stack.append(kind(items))


def _extend(machine: _Machine, items: list[Any]) -> None:
    target = machine.stack[-1]
    if isinstance(target, list):
        cast("list[Any]", target).extend(items)
    elif isinstance(target, set):
        cast("set[Any]", target).update(_key(item) for item in items)
    elif not isinstance(target, Leftover):
        raise TypeError("appends to what is no list")


def _set_items(machine: _Machine, items: list[Any]) -> None:
    target = machine.stack[-1]
    if isinstance(target, dict):
        cast("dict[Any, Any]", target).update(_pairs(items))
    elif not isinstance(target, Leftover):
        raise TypeError("sets items of what is no table")


def _pairs(items: list[Any]) -> dict[Any, Any]:
    return {_key(k): v for k, v in zip(items[::2], items[1::2], strict=True)}


def _set_item(machine: _Machine, _: object) -> None:
    value, key = machine.pop(), machine.pop()
    _set_items(machine, [key, value])


def _append(machine: _Machine, _: object) -> None:
    _extend(machine, [machine.pop()])


def _memoize(machine: _Machine, index: int | None) -> None:
    machine.memo[len(machine.memo) if index is None else index] = machine.stack[-1]


def _global(machine: _Machine, arg: str) -> None:
    module, _, name = arg.partition(" ")
    machine.stack.append(machine.name(module, name))


def _stack_global(machine: _Machine, _: object) -> None:
    name, module = machine.pop(), machine.pop()
    if not isinstance(module, str) or not isinstance(name, str):
        raise TypeError("a name that is no text")
    machine.stack.append(machine.name(module, name))


def _reduce(machine: _Machine, _: object) -> None:
    args, function = machine.pop(), machine.pop()
    machine.stack.append(machine.call(function, args))


def _new_with_keywords(machine: _Machine, _: object) -> None:
    machine.pop()
    _reduce(machine, None)


def _build(machine: _Machine, _: object) -> None:
    state = machine.pop()
    if isinstance(machine.stack[-1], Leftover):
        machine.stack[-1].state = state
    elif isinstance(machine.stack[-1], Name):
        raise UnsafeModel(f"{machine.path}: its pickle changes {machine.stack[-1].text!r}")


def _load_persistent(machine: _Machine, _: object) -> None:
    machine.stack.append(machine.load(machine.pop()))


LITERALS = frozenset(
    """INT BININT BININT1 BININT2 LONG LONG1 LONG4 STRING BINSTRING SHORT_BINSTRING BINBYTES
    SHORT_BINBYTES BINBYTES8 UNICODE SHORT_BINUNICODE BINUNICODE BINUNICODE8 FLOAT
    BINFLOAT""".split()
)
"""Instructions that push the value written behind them."""

CONSTANTS: Mapping[str, object] = {
    "NONE": None,
    "NEWTRUE": True,
    "NEWFALSE": False,
    "EMPTY_TUPLE": (),
}
"""Instructions that push a value of their own."""

ACTIONS: Mapping[str, Callable[[_Machine, Any], None]] = {
    "PROTO": lambda _machine, _: None,
    "FRAME": lambda _machine, _: None,
    "EMPTY_LIST": lambda machine, _: machine.stack.append([]),
    "EMPTY_DICT": lambda machine, _: machine.stack.append({}),
    "EMPTY_SET": lambda machine, _: machine.stack.append(set()),
    "MARK": _mark,
    "POP": _pop,
    "POP_MARK": _drop_mark,
    "DUP": lambda machine, _: machine.stack.append(machine.stack[-1]),
    "TUPLE": lambda machine, _: _collect(machine, tuple),
    "TUPLE1": lambda machine, _: _tuple(machine, 1),
    "TUPLE2": lambda machine, _: _tuple(machine, 2),
    "TUPLE3": lambda machine, _: _tuple(machine, 3),
    "LIST": lambda machine, _: _collect(machine, list),
    "DICT": lambda machine, _: _collect(machine, _pairs),
    "FROZENSET": lambda machine, _: _collect(machine, lambda i: frozenset(map(_key, i))),
    "APPEND": _append,
    "APPENDS": lambda machine, _: _extend(machine, machine.pop_mark()),
    "ADDITEMS": lambda machine, _: _extend(machine, machine.pop_mark()),
    "SETITEM": _set_item,
    "SETITEMS": lambda machine, _: _set_items(machine, machine.pop_mark()),
    "PUT": _memoize,
    "BINPUT": _memoize,
    "LONG_BINPUT": _memoize,
    "MEMOIZE": _memoize,
    "GET": lambda machine, arg: machine.stack.append(machine.memo[arg]),
    "BINGET": lambda machine, arg: machine.stack.append(machine.memo[arg]),
    "LONG_BINGET": lambda machine, arg: machine.stack.append(machine.memo[arg]),
    "GLOBAL": _global,
    "STACK_GLOBAL": _stack_global,
    "REDUCE": _reduce,
    "NEWOBJ": _reduce,
    "NEWOBJ_EX": _new_with_keywords,
    "BUILD": _build,
    "BINPERSID": _load_persistent,
}
"""Every other instruction that is carried out. What is not here (INST, OBJ, EXT1, PERSID, ...)
ends the reading."""
