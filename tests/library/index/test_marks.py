from __future__ import annotations

import pytest

from tests.library.index.shelf import NOW, edge, found, picture_id
from velatura.errors import RequestError, UnknownCollection, UnknownPicture
from velatura.library.index import Marks

ONE, TWO, THREE = (picture_id(name) for name in (1, 2, 3))


@pytest.fixture
def three(shelf):
    shelf.put(*(found(name, prompt=f"number {name}") for name in (1, 2, 3)))
    return shelf


def test_pictures_are_rated_and_flagged_together(three):
    three.library.mark([ONE, TWO], Marks(rating=4))
    three.library.mark([TWO, THREE], Marks(flag="reject"))
    assert three.names("rating:4", order="oldest") == ["number 1", "number 2"]
    assert three.names("-flag:reject") == ["number 1"]


@pytest.mark.parametrize("rating", [-1, 6])
def test_a_rating_out_of_range_is_refused(three, rating):
    with pytest.raises(RequestError, match="from 0 to 5"):
        three.library.mark([ONE], Marks(rating=rating))


@pytest.mark.parametrize("change", ["mark", "trash", "restore"])
def test_a_change_that_fails_for_one_picture_changes_none(three, change):
    asked = [Marks(rating=5, tag=("x",), collect="x")] if change == "mark" else []
    before = three.entries()
    with pytest.raises(UnknownPicture):
        getattr(three.library, change)([ONE, picture_id("missing")], *asked)
    assert three.entries() == before
    assert three.library.collections == ()


def test_tags_are_compared_without_case_and_keep_their_first_spelling(three):
    three.library.mark([ONE], Marks(tag=("Summer  Days", "sea")))
    three.library.mark([ONE, TWO], Marks(tag=("summer days",)))
    assert three.library.get(ONE).tags == ("Summer Days", "sea")
    assert three.names('tag:"SUMMER days"', order="oldest") == ["number 1", "number 2"]
    three.library.mark([ONE], Marks(untag=("SEA", "never given")))
    assert [(it.name, it.count) for it in three.library.tags] == [("Summer Days", 2)]


@pytest.mark.parametrize("name", ["", "  ", "x" * 101, "a\nb", 'a"b', "\x00"])
def test_names_that_could_not_be_asked_for_are_refused(three, name):
    with pytest.raises(RequestError, match="expected a name"):
        three.library.mark([ONE], Marks(tag=(name,)))
    with pytest.raises(RequestError, match="expected a name"):
        three.library.mark([ONE], Marks(collect=name))


def test_collections_gather_and_are_given_up_without_their_pictures(three):
    three.library.mark([ONE, TWO], Marks(collect="Wall"))
    three.library.mark([TWO, THREE], Marks(collect="wall"))
    three.library.mark([ONE], Marks(scatter="WALL"))
    assert three.names("collection:wall", order="oldest") == ["number 2", "number 3"]
    assert three.library.get(TWO).collections == ("Wall",)
    assert [(it.name, it.count) for it in three.library.collections] == [("Wall", 2)]
    three.library.drop_collection("wall")
    assert three.library.collections == ()
    assert len(three.names()) == 3
    with pytest.raises(UnknownCollection):
        three.library.drop_collection("wall")


def test_the_trash_gives_pictures_back_with_all_their_marks(three):
    three.library.mark([ONE], Marks(rating=5))
    three.library.mark([ONE], Marks(tag=("dear",)))
    three.library.trash([ONE])
    assert three.names("number", order="oldest") == ["number 2", "number 3"]
    assert three.names("is:trashed rating:5") == ["number 1"]
    assert three.library.get(ONE).trashed == NOW
    assert three.library.tags == ()
    three.library.restore([ONE])
    assert three.names("tag:dear rating:5") == ["number 1"]


def test_only_what_is_in_the_trash_is_deleted_for_good(three):
    three.library.trash([ONE])
    with pytest.raises(RequestError, match="in the trash"):
        three.library.purge([ONE, TWO])
    assert three.library.purge([ONE]) == 1
    with pytest.raises(UnknownPicture):
        three.library.get(ONE)
    assert three.names("number", order="oldest") == ["number 2", "number 3"]
    assert three.library.purge() == 0


def test_a_picture_that_a_job_makes_again_leaves_the_trash(three):
    three.library.mark([ONE], Marks(rating=3))
    three.library.trash([ONE])
    three.put(found(1, job="f" * 32))
    entry = three.library.get(ONE)
    assert (entry.state, entry.job, entry.rating) == ("here", "f" * 32, 3)


def test_a_picture_first_met_without_its_story_learns_it_later(three):
    three.put(found(1, kind="txt2img", prompt="a heron", sampler="Euler", loras=("Ink",)))
    assert three.names("heron sampler:euler lora:ink") == ["a heron"]
    assert three.names('"number 1"') == []


def test_a_family_is_told_in_both_directions_even_through_pictures_that_are_not_here(shelf):
    shelf.put(
        found("grandchild", lineage=(edge("grandchild", "child"), edge("child", "root"))),
        found("root"),
        found("sibling", lineage=(edge("sibling", "root"), edge("sibling", "mask", "mask"))),
    )
    family = shelf.library.family(picture_id("child"))
    assert set(family.edges) == {edge("child", "root"), edge("grandchild", "child")}
    assert family.known == {picture_id("root"), picture_id("grandchild")}
    whole = shelf.library.family(picture_id("root"))
    assert edge("sibling", "root") in whole.edges
    assert edge("grandchild", "child") in whole.edges
    with pytest.raises(UnknownPicture):
        shelf.library.family(picture_id("nobody"))


def test_a_family_in_a_circle_ends(shelf):
    shelf.put(found("a", lineage=(edge("a", "b"),)), found("b", lineage=(edge("b", "a"),)))
    assert set(shelf.library.family(picture_id("a")).edges) == {edge("a", "b"), edge("b", "a")}
