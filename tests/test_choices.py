from dataclasses import dataclass

from velatura.choices import known_names, unknown_name


@dataclass(frozen=True)
class Colour:
    label: str
    aliases: tuple[str, ...] = ()


COLOURS = {
    "Burnt umber": Colour("Burnt umber", ("umber",)),
    "Ochre": Colour("Ochre", ("yellow_ochre", "okra")),
}


def test_labels_and_aliases_lead_to_the_label_whatever_their_case():
    names = known_names(COLOURS)
    assert names["umber"] == names["burnt umber"] == "Burnt umber"
    assert names["okra"] == "Ochre"


def test_a_name_nearly_right_is_refused_with_the_label_it_is_near():
    error = unknown_name("Okre", known_names(COLOURS), "frame.colour")
    assert str(error) == "unknown colour 'Okre'; did you mean Ochre?"
    assert error.field == "frame.colour"


def test_a_name_far_off_is_refused_with_all_there_is():
    error = unknown_name("zzz", known_names(COLOURS), "colour")
    assert str(error) == "unknown colour 'zzz'; choose from Burnt umber, Ochre"
