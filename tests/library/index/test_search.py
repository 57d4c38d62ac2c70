"""Searches find what a plain look at every row finds, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.library.index.shelf import NOW, found, picture_id
from velatura.errors import RequestError, TextError
from velatura.library.index import Marks
from velatura.library.index.query import Interval, Name, Size, parse_query
from velatura.library.index.words import Phrase, fold, words_of

WORDS = [
    "cat",
    "cats",
    "Red_Hair",
    "café",
    "CAFÉ noir",
    "猫が",
    "ﬁne",
    "тест",
    "1girl",
    "(dog:1.2)",
]
SAMPLERS = ["Euler", "Euler a", "DPM++ 2M", "100%_odd"]


def pictures():
    return st.builds(
        dict,
        prompt=st.lists(st.sampled_from(WORDS), max_size=4).map(", ".join),
        negative_prompt=st.sampled_from(["", "bad hands", "cat"]),
        sampler=st.sampled_from(SAMPLERS),
        checkpoint=st.sampled_from(["", "Dream v2", "dream v1"]),
        seed=st.sampled_from([None, 0, 5, 2**63, 2**64 - 1]),
        steps=st.sampled_from([None, 20, 30]),
        cfg=st.sampled_from([None, 7.0, 7.5]),
        width=st.sampled_from([512, 768]),
        kind=st.sampled_from(["", "txt2img", "inpaint"]),
        loras=st.sampled_from([(), ("Ink",), ("Ink", "oil")]),
        made=st.sampled_from([NOW, NOW + 1, NOW - 40 * 86400]),
        rating=st.integers(0, 5),
        flag=st.sampled_from(["", "pick", "reject"]),
        tag=st.sampled_from(["", "Nice"]),
    )


TERMS = [
    *(
        "cat",
        "cat*",
        "c*",
        '"red hair"',
        "hair",
        '"hair red"',
        "noir",
        "cafe",
        "猫",
        "fine",
        "тес*",
    ),
    *(
        "negative:cat",
        "name:1",
        'sampler:"euler a"',
        "sampler:euler*",
        "sampler:*a",
        "sampler:*%_*",
    ),
    *('checkpoint:"DREAM v2"', "model:dream*", 'checkpoint:""', "seed:5", "seed:>5", "seed:..5"),
    *(
        f"seed:{2**64 - 1}",
        "steps:>=30",
        "steps:<30",
        "cfg:7.5",
        "cfg:>7",
        "width:600..",
        "size:512x512",
    ),
    *("kind:none", "kind:inpaint", "lora:ink", "lora:o*", "rating:>=3", "rating:0", "flag:pick"),
    *("flag:none", "tag:nice", "date:2026-09", "date:>2026-09-21", "date:<2026-09-21", "date:2026"),
]


def holds(picture, condition):
    """What a term means, said once more and plainly."""
    if isinstance(condition, Phrase):
        return has_words(picture, condition)
    if isinstance(condition, Size):
        return (picture["width"], 512) == (condition.width, condition.height)
    if isinstance(condition, Interval):
        return is_within(
            picture["made" if condition.field == "date" else condition.field], condition
        )
    assert isinstance(condition, Name)
    return is_called(picture, condition)


def has_words(picture, phrase):
    told = {"prompt": "prompt", "negative": "negative_prompt", "name": "name"}[phrase.part]
    words, wanted = words_of(picture[told]), list(phrase.words)
    runs = [words[at : at + len(wanted)] for at in range(len(words) - len(wanted) + 1)]
    if phrase.is_prefix:
        return any(run[:-1] == wanted[:-1] and run[-1].startswith(wanted[-1]) for run in runs)
    return wanted in runs


def is_within(value, interval):
    if value is None:
        return False
    low, high = interval.low, interval.high
    is_above = low is None or value > low or (interval.includes_low and value == low)
    is_below = high is None or value < high or (interval.includes_high and value == high)
    return is_above and is_below


def is_called(picture, name):
    names = {"lora": picture["loras"], "tag": [picture["tag"]] if picture["tag"] else []}
    keys = [fold(it) for it in names.get(name.field, [str(picture.get(name.field))])]
    wanted = "" if (name.field, name.key) in (("kind", "none"), ("flag", "none")) else name.key
    return any(
        wanted in key
        and (name.is_open_left or key.startswith(wanted))
        and (name.is_open_right or key.endswith(wanted))
        and (name.is_open_left or name.is_open_right or key == wanted)
        for key in keys
    )


@settings(
    max_examples=12,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    shown=st.lists(pictures(), min_size=1, max_size=12),
    queries=st.lists(
        st.lists(st.tuples(st.sampled_from(["", "-"]), st.sampled_from(TERMS)), max_size=3),
        min_size=8,
        max_size=8,
    ),
)
def test_a_search_finds_what_a_look_at_every_picture_finds(shelf, shown, queries):
    with shelf.database.writing() as connection:
        connection.exec_driver_sql("DELETE FROM library_pictures")
        connection.exec_driver_sql("DELETE FROM library_words")
    rows = []
    for place, values in enumerate(shown):
        marks = {name: values.pop(name) for name in ("rating", "flag", "tag")}
        shelf.put(found(place, **values))
        shelf.library.mark([picture_id(place)], Marks(rating=marks["rating"]))
        shelf.library.mark([picture_id(place)], Marks(flag=marks["flag"]))
        if marks["tag"]:
            shelf.library.mark([picture_id(place)], Marks(tag=[marks["tag"]]))
        rows.append(values | marks | {"id": picture_id(place), "name": str(place)})
    for parts in queries:
        query = " ".join(sign + term for sign, term in parts)
        terms = parse_query(query, UTC)
        expected = {
            row["id"]
            for row in rows
            if all(holds(row, term.condition) != term.is_negated for term in terms)
        }
        for order in ("newest", "rating"):
            assert {it.id for it in shelf.entries(query, order=order, limit=5)} == expected, query
        assert shelf.library.count(query) == len(expected), query


def test_every_kind_of_term_is_among_those_compared():
    from velatura.library.index.query import FIELDS

    named = {term.partition(":")[0] for term in TERMS if ":" in term}
    assert set(FIELDS) - named == {"prompt", "collection", "height", "is", "job"}


def test_pages_in_each_order_hold_every_picture_once(shelf):
    shelf.put(*(found(place, prompt=str(place), made=NOW + place % 3) for place in range(11)))
    for place in range(11):
        shelf.library.mark([picture_id(place)], Marks(rating=place % 4))
    for order in ("newest", "oldest", "rating"):
        entries = shelf.entries(order=order, limit=3)
        keys = {
            "newest": lambda it: (-it.made, -it.number),
            "oldest": lambda it: (it.made, it.number),
            "rating": lambda it: (-it.rating, -it.made, -it.number),
        }[order]
        assert len({it.id for it in entries}) == 11
        assert [keys(it) for it in entries] == sorted(keys(it) for it in entries)


def test_a_page_goes_on_where_the_last_one_ended_whatever_came_in_between(shelf):
    shelf.put(*(found(place, prompt=str(place), made=NOW + place) for place in range(6)))
    first = shelf.library.search(limit=3)
    assert [it.prompt for it in first.entries] == ["5", "4", "3"]
    shelf.put(found("new", prompt="new", made=NOW + 99), found("old", prompt="old", made=NOW - 9))
    shelf.library.trash([picture_id(2)])
    rest = shelf.library.search(limit=10, cursor=first.next)
    assert [it.prompt for it in rest.entries] == ["1", "0", "old"]


def test_a_page_from_the_middle_is_where_the_pages_before_it_lead(shelf):
    shelf.put(*(found(place, prompt=str(place), made=NOW + place % 3) for place in range(11)))
    shelf.library.trash([picture_id(4)])
    for order in ("newest", "oldest", "rating"):
        entries = shelf.entries(order=order)
        assert shelf.library.search(order=order, limit=3, skip=6).entries == tuple(entries[6:9])
    assert shelf.library.search(skip=10).entries == ()
    first = shelf.library.search(limit=3)
    after = shelf.library.search(limit=3, cursor=first.next, skip=2)
    assert [it.id for it in after.entries] == [it.id for it in shelf.entries()[5:8]]


def test_days_months_and_years_are_whole(lite):
    for day in ("2026-09-30T23:59:59", "2026-10-01T00:00:00", "2026-12-31T23:59:59"):
        made = datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp()
        lite.put(found(day, prompt=day[:10], made=made))
    assert lite.names("date:2026-09") == ["2026-09-30"]
    assert lite.names("date:2026-10-01") == ["2026-10-01"]
    assert lite.names("date:2026-10..2026-12") == ["2026-12-31", "2026-10-01"]
    assert lite.names("date:>2026-10-01") == ["2026-12-31"]
    assert lite.names("date:<=2026-10-01") == ["2026-10-01", "2026-09-30"]


@pytest.mark.parametrize(
    ("query", "position"),
    [
        ('a "b', 2),
        ("a nonsense:5", 2),
        ("rating:6", 0),
        ("seed:18446744073709551616", 0),
        ("seed:-1", 0),
        ("size:512", 0),
        ("cat date:2026-13", 4),
        ("date:9999", 0),
        ("flag:maybe", 0),
        ("kind:txt2im", 0),
        ("steps:1..x", 0),
        ("sampler:>x", 0),
        ("a\x00b", 1),
        ("x" * 2001, 0),
    ],
)
def test_a_query_that_cannot_be_read_says_where(query, position):
    with pytest.raises(TextError) as caught:
        parse_query(query)
    assert caught.value.position == position


@pytest.mark.parametrize(
    "query",
    [
        "'; DROP TABLE library_pictures; --",
        '"a\\" OR \\"b"',
        "NEAR(a b) AND OR NOT",
        "cat' & !dog | (x <-> y):*",
        "{prompt} a*b^2",
        'tag:"%" lora:"_" checkpoint:*',
        'sampler:"\\\\" tag:"\'"',
        "- -- , : 💩 ‮",
        "a" * 1999,
        "*",
    ],
)
def test_whatever_is_asked_is_looked_for_and_nothing_else_happens(shelf, query):
    shelf.put(found(1, prompt="a cat"))
    try:
        shelf.library.search(query)
    except TextError:
        assert ":" in query
    assert shelf.names() == ["a cat"]


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=60) | st.from_regex(r'(-?[a-z]{0,8}:?[<>=]{0,2}"?[^"]{0,9}"?\*? ?){1,4}'))
def test_any_text_is_a_query_or_refused_as_one(shelf, query):
    try:
        shelf.library.search(query)
    except TextError as error:
        told = error
    else:
        told = None
    assert told is None or 0 <= told.position <= len(query)


@given(st.text(max_size=200))
def test_words_hold_nothing_that_a_database_reads_as_more(told):
    for word in words_of(told):
        assert all(sign.isalnum() or not sign.isascii() for sign in word)
        assert 0 < len(word) <= 64


@pytest.mark.parametrize(
    "cursor", ["x", "newest:1", "oldest:1.0:1", "newest:1:1:1", "newest:nan:1"]
)
def test_a_cursor_of_somebody_else_is_refused(lite, cursor):
    with pytest.raises(RequestError, match="cursor"):
        lite.library.search(cursor=cursor)


@pytest.mark.parametrize("options", [{"limit": 0}, {"limit": 501}, {"skip": -1}, {"order": "best"}])
def test_limits_and_orders_that_cannot_be_are_refused(lite, options):
    with pytest.raises(RequestError):
        lite.library.search(**options)


@pytest.mark.parametrize("order", ["newest", "rating"])
@pytest.mark.parametrize("query", ["", "rating:>2 sampler:ddim", "cat size:512x512 seed:5..9"])
def test_a_search_walks_along_an_index_that_holds_all_it_compares(lite, order, query):
    statements = []
    from sqlalchemy import event

    def note(_connection, _cursor, statement, parameters, _context, _many):
        statements.append((statement, parameters))

    event.listen(lite.database.engine, "before_cursor_execute", note)
    lite.put(found(1))
    statements.clear()
    lite.library.search(query, order=order)
    statement, parameters = next(it for it in statements if "ORDER BY" in it[0])
    with lite.database.reading() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
    told = " ".join(row[3] for row in plan)
    assert "USING COVERING INDEX ix_library_pictures" in told
    assert "TEMP B-TREE" not in told
