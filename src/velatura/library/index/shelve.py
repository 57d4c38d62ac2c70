"""Pictures entering the library, within somebody's transaction.

A picture is known by its pixels: found again under another name, it keeps its rating and tags; two
files of the same pixels are one picture. A file that was written over is another picture.
"""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import case, delete, exists, insert, select, tuple_, update

from velatura.library.index.tables import files, lineage, loras, pictures, texts
from velatura.library.index.words import fold, remove_words, store_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy import Connection, Table

    from velatura.library.index.entry import Find, Place
    from velatura.library.index.words import Part

AT_ONCE = 500
"""Rows that one statement asks for."""

Row = TypeVar("Row")


def shelve(connection: Connection, found: Sequence[Find], now: float) -> None:
    """Enter pictures, or what is new about them.

    Args:
        connection: Within a transaction.
        found: The pictures, their files written.
        now: Seconds since 1970.
    """
    for start in range(0, len(found), AT_ONCE):
        some = {find.facts.id: find for find in found[start : start + AT_ONCE]}
        known = _known(connection, some)
        numbers = {picture_id: number for picture_id, (number, _) in known.items()}
        numbers |= _enter(connection, [it for key, it in some.items() if key not in known], now)
        better = [it for key, it in some.items() if key in known and _tells_more(it, known[key][1])]
        for find in better:
            _learn(connection, numbers[find.facts.id], find)
        _note_lineage(connection, some.values())
        _note_jobs(connection, numbers, some.values())
        held = found[start : start + AT_ONCE]
        _put_files(connection, [_file_row(it.place, numbers[it.facts.id]) for it in held])


def note_problems(connection: Connection, problems: Sequence[tuple[Place, str]]) -> None:
    """Remember files that cannot be read, so that they are not tried again until they change."""
    _put_files(connection, [_file_row(place, None, problem) for place, problem in problems])


def forget_files(connection: Connection, places: Iterable[tuple[str, str]]) -> None:
    """Forget files that are no longer there, by root and path; pictures without any are gone."""
    for some in _parts(list(places)):
        held = tuple_(files.c.root, files.c.path).in_(some)
        query = select(files.c.picture).where(held, files.c.picture.is_not(None)).distinct()
        touched = list(connection.execute(query).scalars())
        connection.execute(delete(files).where(held))
        settle(connection, touched)


def settle(connection: Connection, numbers: Iterable[int]) -> None:
    """Have pictures be gone that have no file, and be there again that have one."""
    has_file = exists().where(files.c.picture == pictures.c.number)
    for some in _parts(list(numbers)):
        state = case(
            (has_file, case((pictures.c.trashed.is_(None), "here"), else_="trash")), else_="gone"
        )
        connection.execute(update(pictures).where(pictures.c.number.in_(some)).values(state=state))


def drop(connection: Connection, numbers: Sequence[int]) -> None:
    """Take pictures out of the library; their files' rows stay, without a picture."""
    for some in _parts(list(numbers)):
        mine = files.c.picture.in_(some)
        connection.execute(update(files).where(mine).values(picture=None, problem="purged"))
        remove_words(connection, some)
        connection.execute(delete(pictures).where(pictures.c.number.in_(some)))


def _known(connection: Connection, wanted: Iterable[str]) -> dict[str, tuple[int, str]]:
    """Number and kind by id."""
    query = select(pictures.c.id, pictures.c.number, pictures.c.kind)
    rows = connection.execute(query.where(pictures.c.id.in_(list(wanted))))
    return {row.id: (row.number, row.kind) for row in rows}


def _tells_more(find: Find, kind: str) -> bool:
    """Whether a request is known now that was not before."""
    return bool(find.facts.kind) and not kind


def _enter(connection: Connection, found: Sequence[Find], now: float) -> dict[str, int]:
    """New rows; their numbers by id."""
    if not found:
        return {}
    rows = [_row(find) | _fresh(find, now) for find in found]
    statement = insert(pictures).returning(pictures.c.id, pictures.c.number)
    numbers = {row.id: row.number for row in connection.execute(statement, rows)}
    _tell(connection, [(numbers[find.facts.id], find) for find in found])
    return numbers


def _learn(connection: Connection, number: int, find: Find) -> None:
    """Put what a better file tells in the place of what was known."""
    connection.execute(update(pictures).where(pictures.c.number == number).values(**_row(find)))
    connection.execute(delete(texts).where(texts.c.picture == number))
    connection.execute(delete(loras).where(loras.c.picture == number))
    remove_words(connection, [number])
    _tell(connection, [(number, find)])


def _tell(connection: Connection, entries: Sequence[tuple[int, Find]]) -> None:
    """Texts, LoRA and words."""
    connection.execute(
        insert(texts),
        [
            {
                "picture": number,
                "prompt": find.facts.prompt,
                "negative_prompt": find.facts.negative_prompt,
                "infotext": find.facts.infotext,
                "request": find.facts.request,
            }
            for number, find in entries
        ],
    )
    named = [
        {"picture": number, "key": fold(name)[:200], "name": name}
        for number, find in entries
        for name in find.facts.loras
    ]
    if named:
        put(connection, loras, named)
    store_words(connection, [(number, _parts_of(find)) for number, find in entries])


def _parts_of(find: Find) -> Mapping[Part, str]:
    return {
        "prompt": find.facts.prompt,
        "negative": find.facts.negative_prompt,
        "name": PurePosixPath(find.place.path).stem,
    }


def _row(find: Find) -> dict[str, Any]:
    facts = find.facts
    return {
        "kind": facts.kind,
        "checkpoint": facts.checkpoint,
        "checkpoint_key": fold(facts.checkpoint),
        "sampler": facts.sampler,
        "sampler_key": fold(facts.sampler),
        "seed": facts.seed,
        "steps": facts.steps,
        "cfg": facts.cfg,
    }


def _fresh(find: Find, now: float) -> dict[str, Any]:
    """What a picture begins with that nobody has looked at yet."""
    return {
        "id": find.facts.id,
        "state": "here",
        "made": find.place.changed / 1e9,
        "added": now,
        "width": find.facts.width,
        "height": find.facts.height,
        "rating": 0,
        "flag": "",
        "job": find.job,
    }


def _note_lineage(connection: Connection, found: Iterable[Find]) -> None:
    edges = {edge for find in found for edge in find.facts.lineage}
    rows = [{"child": it.child, "parent": it.parent, "role": it.role} for it in edges]
    put(connection, lineage, sorted(rows, key=lambda row: (row["child"], row["parent"])))


def _note_jobs(connection: Connection, numbers: Mapping[str, int], found: Iterable[Find]) -> None:
    """A picture that a job has made again is wanted again."""
    for find in found:
        if find.job:
            mine = pictures.c.number == numbers[find.facts.id]
            connection.execute(update(pictures).where(mine).values(job=find.job, trashed=None))


def _file_row(place: Place, picture: int | None, problem: str = "") -> dict[str, Any]:
    return {
        "root": place.root,
        "path": place.path,
        "picture": picture,
        "bytes": place.bytes,
        "changed": place.changed,
        "problem": problem[:1000],
    }


def _put_files(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Files by root and path; a picture that a file held before may be gone now."""
    for some in _parts(rows):
        latest = {(row["root"], row["path"]): row for row in some}
        held = tuple_(files.c.root, files.c.path).in_(latest)
        before = set(connection.execute(select(files.c.picture).where(held)).scalars())
        connection.execute(delete(files).where(held))
        connection.execute(insert(files), list(latest.values()))
        touched = before | {row["picture"] for row in some}
        settle(connection, [number for number in touched if number is not None])


def put(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows that may be there already: those stay as they are."""
    if not rows:
        return
    if connection.dialect.name == "sqlite":
        from sqlalchemy.dialects.sqlite import insert as insert_new
    else:
        from sqlalchemy.dialects.postgresql import insert as insert_new
    connection.execute(insert_new(table).on_conflict_do_nothing(), list(rows))


def _parts(rows: Sequence[Row]) -> Iterable[Sequence[Row]]:
    for start in range(0, len(rows), AT_ONCE):
        yield rows[start : start + AT_ONCE]
