from velatura.pipelines.seeds import complete_seeds, picture_requests
from velatura.records import Txt2Img, Variation


def test_pictures_count_their_seeds_up():
    singles = picture_requests(Txt2Img(seed=7, batch_size=2, batch_count=2))
    assert [single.seed for single in singles] == [7, 8, 9, 10]
    assert all(single.batch_size == single.batch_count == 1 for single in singles)


def test_with_variation_the_variation_seeds_count_up_instead():
    request = Txt2Img(seed=7, batch_size=3, variation=Variation(seed=50, strength=0.2))
    singles = picture_requests(request)
    assert [single.seed for single in singles] == [7, 7, 7]
    assert [single.variation.seed for single in singles] == [50, 51, 52]


def test_a_variation_of_strength_zero_changes_nothing():
    singles = picture_requests(Txt2Img(seed=7, batch_size=2, variation=Variation(seed=5)))
    assert [single.seed for single in singles] == [7, 8]


def test_random_seeds_are_drawn_once_and_given_ones_kept():
    drawn = iter([11, 12])
    request = complete_seeds(Txt2Img(variation=Variation()), draw=lambda: next(drawn))
    assert (request.seed, request.variation.seed) == (11, 12)
    assert complete_seeds(request, draw=lambda: 0 / 0) == request


def test_seeds_wrap_at_the_largest():
    singles = picture_requests(Txt2Img(seed=2**64 - 1, batch_size=2))
    assert [single.seed for single in singles] == [2**64 - 1, 0]
