import pytest

from velatura.models.parts import read_parts, stated_size


@pytest.mark.parametrize(
    "resolution", ["", "128", "128x", "0x128", "100x128", "128x128x3", "x" * 10_000, "-8x8"]
)
def test_a_resolution_that_cannot_be_used_is_none(resolution):
    assert stated_size({"modelspec.resolution": resolution}) is None


def test_a_file_without_notes_has_the_size_of_sd_1(tiny_checkpoint):
    assert read_parts(tiny_checkpoint).architecture.native_size == (512, 512)
