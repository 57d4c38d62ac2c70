"""The recipe reads, and refuses what it does not know."""

import pytest

from training.recipe import HERE, read_recipe


def test_the_recipe_reads_and_its_parts_fit():
    recipe = read_recipe(HERE / "recipe.toml")
    assert recipe.text.width % recipe.text.heads == 0
    assert len(recipe.unet.channels) == len(recipe.unet.attention)
    assert all(c % 32 == 0 for c in recipe.unet.channels + recipe.autoencoder.channels)
    names = [concept.name for concept in recipe.concepts]
    assert len(names) == len(set(names))


def test_an_unknown_key_is_refused(tmp_path):
    text = (HERE / "recipe.toml").read_text(encoding="utf-8")
    file = tmp_path / "recipe.toml"
    file.write_text(text.replace("[text]", "[text]\nwitdh = 3"), encoding="utf-8")
    with pytest.raises(ValueError, match="witdh"):
        read_recipe(file)
