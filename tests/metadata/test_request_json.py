from __future__ import annotations

import json
from dataclasses import fields, is_dataclass
from typing import Any

import pytest
from hypothesis import given

from tests.metadata.requests import requests
from velatura.errors import RequestError
from velatura.metadata.request_json import request_from_json, request_to_json
from velatura.records import Hires, Txt2Img, Variation


@given(requests)
def test_every_request_comes_back_equal(request_: Txt2Img) -> None:
    assert request_from_json(request_to_json(request_)) == request_


def test_every_setting_stands_in_the_json() -> None:
    full = Txt2Img(variation=Variation(), hires=Hires())
    values = json.loads(request_to_json(full))

    def names(record: Any) -> dict[str, Any]:
        return {
            entry.name: names(value) if is_dataclass(value) else None
            for entry in fields(record)
            for value in [getattr(record, entry.name)]
        }

    def keys(value: dict[str, Any]) -> dict[str, Any]:
        return {
            name: keys(each) if isinstance(each, dict) else None for name, each in value.items()
        }

    assert keys(values) == {"velatura": None, **names(full)}


def test_lists_come_back_as_tuples_and_records_as_records() -> None:
    request = request_from_json('{"velatura": 1, "styles": ["a", "b"], "hires": {"scale": 1.5}}')
    assert request == Txt2Img(styles=("a", "b"), hires=Hires(scale=1.5))


def test_missing_settings_have_their_defaults() -> None:
    assert request_from_json('{"prompt": "a cat"}') == Txt2Img(prompt="a cat")


def test_text_is_plain_ascii() -> None:
    request = Txt2Img(prompt='ein "Käfer"\n\x00\ud800 🐈')
    text = request_to_json(request)
    assert text.isascii()
    assert request_from_json(text) == request


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "not readable as JSON"),
        ("{", "not readable as JSON"),
        ("[" * 100_000, "not readable as JSON"),
        ('{"seed": ' + "9" * 5000 + "}", "not readable as JSON"),
        ("[]", "expected a JSON object"),
        ('{"velatura": 2}', "update Velatura"),
        ('{"velatura": "1"}', "not known here"),
        ('{"velatura": 0}', "not known here"),
        ('{"mood": 1}', "unknown setting 'mood'"),
        ('{"hires": {"mood": 1}}', "hires: unknown setting 'mood'"),
        ('{"hires": 3}', "hires: expected an object"),
        ('{"styles": "a"}', "styles: expected a list"),
        ('{"styles": [1]}', "styles: expected a list"),
        ('{"steps": 0}', "steps"),
        ('{"steps": true}', "steps"),
        ('{"guidance_scale": NaN}', "guidance_scale"),
        ('{"guidance_scale": "7"}', "guidance_scale"),
        ('{"kind": "poem"}', "kind: 'poem' is not one of txt2img"),
        ('{"kind": "img2img"}', "image is missing"),
        ('{"kind": "img2img", "image": "a.png"}', "image: expected an object"),
        ('{"kind": "img2img", "image": {"id": 3}}', "image: expected the id"),
        ('{"text": null}', "text"),
    ],
)
def test_what_cannot_be_a_request_is_refused(text: str, message: str) -> None:
    with pytest.raises(RequestError, match=message):
        request_from_json(text)
