from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor

from velatura.prompts.chunks import EMPTY_CHUNK
from velatura.prompts.conditioning import equalise
from velatura.prompts.encode import Injection, WordModel, encode_empty, encode_prompt
from velatura.prompts.schedule import Timeline
from velatura.prompts.tags import cut_tags
from velatura.records import TextOptions

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path


class TableEncoder:
    """Encodes a token as its row of a random table, plus its position; remembers what it saw."""

    width = 4

    def __init__(self) -> None:
        self.table = torch.randn(49408, 4, generator=torch.Generator().manual_seed(1)) + 1
        self.seen: list[tuple[int, ...]] = []
        self.clip_skips: set[int] = set()

    def encode(
        self,
        tokens: Sequence[Sequence[int]],
        injections: Sequence[Sequence[Injection]],
        clip_skip: int,
    ) -> Tensor:
        self.seen += [tuple(chunk) for chunk in tokens]
        self.clip_skips.add(clip_skip)
        vectors = self.table[torch.tensor(tokens)]
        for row, uses in zip(vectors, injections, strict=True):
            for use in uses:
                row[use.offset + 1 : use.offset + 1 + len(use.vectors)] = use.vectors
        return vectors + torch.arange(77)[:, None] / 77


def model(**options: Any) -> WordModel:
    return WordModel(encoder=TableEncoder(), options=TextOptions(**options))


def encoded(text: str, words: WordModel, calls: int = 10) -> Tensor:
    ((_, vectors),) = encode_prompt(text, Timeline(calls=calls), words, composable=False).at(0)
    return vectors


def test_chunks_follow_one_another():
    words = model()
    vectors = encoded("cat " * 80, words)
    assert vectors.shape == (154, 4)
    assert torch.equal(vectors[77:81], encoded("cat " * 5, words)[:4])


def test_original_emphasis_weighs_and_restores_the_mean():
    plain = encoded("a cat", model())
    weighted = encoded("a (cat:2)", model())
    by_hand = plain.clone()
    by_hand[2] *= 2
    torch.testing.assert_close(weighted, by_hand * plain.mean() / by_hand.mean())


def test_other_emphasis_modes_leave_the_mean_or_the_weights():
    plain = encoded("a cat", model())
    by_hand = plain.clone()
    by_hand[2] *= 2
    torch.testing.assert_close(encoded("a (cat:2)", model(emphasis="No norm")), by_hand)
    torch.testing.assert_close(encoded("a (cat:2)", model(emphasis="Ignore")), plain)


def test_the_mean_runs_over_all_entries_of_the_table_as_often_as_they_stand_there():
    words = model()
    texts = ["a (cat:2)", "dog", "a (cat:2)"]
    vectors = encoded("[a (cat:2)|dog]", words, calls=3)
    plain = torch.stack([encoded("a cat" if "cat" in text else "dog", words) for text in texts])
    by_hand = plain.clone()
    by_hand[0, 2] *= 2
    by_hand[2, 2] *= 2
    torch.testing.assert_close(vectors, (by_hand * plain.mean() / by_hand.mean())[0])


def test_shorter_texts_of_a_table_get_empty_chunks_that_are_encoded():
    words = model()
    short = encoded("[cat:" + "dog " * 80 + ":0.5]", words)
    assert short.shape == (154, 4)
    torch.testing.assert_close(short[77:], encode_empty(words))


def test_identical_texts_are_encoded_once():
    words = model()
    encode_prompt("[cat|dog] AND [cat|dog]", Timeline(calls=20), words, composable=True)
    assert isinstance(words.encoder, TableEncoder)
    assert len(words.encoder.seen) == 4  # " [cat|dog]" differs by its space
    assert len(set(words.encoder.seen)) == 2


def test_a_table_larger_than_a_batch_keeps_its_order():
    words = model()
    prompt = "[" + "|".join(f"cat {number}" for number in range(70)) + "]"
    parts = encode_prompt(prompt, Timeline(calls=70), words, composable=False).parts
    for number in (0, 31, 32, 69):
        alone = encoded(f"cat {number}", words)
        torch.testing.assert_close(parts[0].entries[number].vectors, alone)


def test_composed_prompts_have_parts_of_one_length():
    text = "cat:0.5 AND " + "dog " * 80
    conditioning = encode_prompt(text, Timeline(calls=10), model(), composable=True)
    (weight, first), (_, second) = conditioning.at(0)
    assert weight == 0.5
    assert first.shape == second.shape == (154, 4)
    assert torch.equal(first[77:], first[76:77].repeat(77, 1))


def test_a_negative_prompt_is_not_composed():
    conditioning = encode_prompt("a AND b:2", Timeline(calls=10), model(), composable=False)
    assert [part.weight for part in conditioning.parts] == [1.0]


def test_old_scheduling_is_an_option_of_the_text():
    words = model(old_scheduling=True)
    table = encode_prompt("[cat:dog:1.0]", Timeline(calls=10), words, composable=False).parts[0]
    assert [entry.until for entry in table.entries] == [1, 10]


def test_embeddings_replace_their_tokens_and_are_cut_at_the_chunk():
    words = WordModel(encoder=TableEncoder(), embeddings={"tinyemb": torch.full((90, 4), 7.0)})
    vectors = encoded("tinyemb", words)
    assert torch.equal(vectors[1:76], torch.full((75, 4), 7.0) + torch.arange(1, 76)[:, None] / 77)


def test_clip_skip_and_padding_reach_the_encoder():
    words = WordModel(encoder=TableEncoder(), clip_skip=2, padding=0)
    encoded("cat", words)
    assert isinstance(words.encoder, TableEncoder)
    assert words.encoder.clip_skips == {2}
    assert words.encoder.seen[0][:4] == (*EMPTY_CHUNK.tokens[:1], 2368, 49407, 0)


class ClipEncoder:
    """The recorded model's text encoder, by transformers."""

    def __init__(self, golden: Path) -> None:
        from transformers import CLIPTextConfig, CLIPTextModel

        config = json.loads((golden / "model/text_encoder/config.json").read_text("utf-8"))
        self.width = config["hidden_size"]
        self.model = CLIPTextModel(CLIPTextConfig.from_dict(config)).eval()
        prefix = "cond_stage_model.transformer."
        weights = load_file(golden / "model/tiny-sd15.safetensors")
        own = {key.removeprefix("text_model."): key for key in self.model.state_dict()}
        renamed = {
            own[name]: value.float()
            for key, value in weights.items()
            if (name := key.removeprefix(prefix).removeprefix("text_model.")) in own
        }
        self.model.load_state_dict(renamed)

    def encode(
        self,
        tokens: Sequence[Sequence[int]],
        injections: Sequence[Sequence[Injection]],
        clip_skip: int,
    ) -> Tensor:
        text_model = getattr(self.model, "text_model", self.model)
        layer = text_model.embeddings.token_embedding
        ids = torch.tensor(tokens)
        with torch.no_grad():
            rows = layer(ids)
            for row, uses in zip(rows, injections, strict=True):
                for use in uses:
                    row[use.offset + 1 : use.offset + 1 + len(use.vectors)] = use.vectors
            with patch.object(layer, "forward", return_value=rows):
                states = self.model(ids, output_hidden_states=True).hidden_states
            return text_model.final_layer_norm(states[-clip_skip])


@cache
def clip_encoder(golden: Path) -> ClipEncoder:
    return ClipEncoder(golden)


TEXT_SETTINGS = (
    "emphasis",
    "comma_padding_backtrack",
    "use_old_emphasis_implementation",
    "CLIP_stop_at_last_layers",
)
TWO_CALLS = ("Heun", "DPM2", "DPM2 a", "DPM++ 2S a", "DPM++ SDE", "Restart")


def recorded_model(golden: Path, overrides: dict[str, Any]) -> WordModel:
    options = TextOptions(
        emphasis=overrides.get("emphasis", "Original"),
        comma_backtrack=overrides.get("comma_padding_backtrack", 20),
        old_emphasis=overrides.get("use_old_emphasis_implementation", False),
    )
    embeddings = {
        path.stem: load_file(path)["emb_params"].float()
        for path in (golden / "model/embeddings").glob("*.safetensors")
    }
    clip_skip = overrides.get("CLIP_stop_at_last_layers", 1)
    return WordModel(
        encoder=clip_encoder(golden), embeddings=embeddings, options=options, clip_skip=clip_skip
    )


def recorded_runs(golden: Path) -> dict[str, dict[str, Any]]:
    """Requests whose conditioning was recorded, by name; those that are read alike only once."""
    runs: dict[str, dict[str, Any]] = {}
    for path in sorted((golden / "cases").glob("*.json")):
        request = json.loads(path.read_text("utf-8"))["request"]
        other = request.get("styles") or request.get("enable_hr") or not request.get("prompt")
        if other or "<lora" in request["prompt"] or not (golden / f"npz/{path.stem}.npz").exists():
            continue
        overrides = {
            key: value
            for key, value in (request.get("override_settings") or {}).items()
            if key in TEXT_SETTINGS
        }
        words = [request["prompt"], request["negative_prompt"], overrides]
        scheduled = [request["steps"], request.get("sampler_name")] if "[" in str(words) else []
        runs.setdefault(json.dumps([words, scheduled]), {**request, "name": path.stem})
    return {run["name"]: run for run in runs.values()}


@pytest.fixture
def _one_thread() -> Iterator[None]:
    """Small matrices on a busy machine: more threads would only wait for each other."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.mark.usefixtures("_one_thread")
def test_conditioning_equals_what_was_recorded_in_whole_runs(golden: Path):
    runs = recorded_runs(golden)
    assert len(runs) > 30
    for name, request in runs.items():
        words = recorded_model(golden, request.get("override_settings") or {})
        per_step = 2 if request.get("sampler_name") in TWO_CALLS else 1
        timeline = Timeline(calls=request.get("steps", 20) * per_step)
        prompts = {
            "cond": encode_prompt(cut_tags(request["prompt"]), timeline, words, composable=True),
            "uncond": encode_prompt(request["negative_prompt"], timeline, words, composable=False),
        }
        with np.load(golden / "npz" / f"{name}.npz") as tensors:
            recorded = [key for key in tensors.files if key.partition(".")[0] in prompts]
            for key in recorded:
                side, _, index = key.partition(".")
                call = int(tensors[f"cond_from_call.{index}"])
                for (_, vectors), expected in zip(
                    prompts[side].at(call), tensors[key], strict=False
                ):
                    np.testing.assert_allclose(vectors, expected, atol=1e-4, err_msg=name)
            assert recorded


@pytest.mark.parametrize(("suffix", "clip_skip"), [("", 1), ("_skip2", 2)])
def test_text_conditioning_equals_the_recorded_units(golden: Path, suffix: str, clip_skip: int):
    long = json.loads((golden / "cases" / "clip-skip-3-long.json").read_text("utf-8"))
    prompts = ["", "a photo of a cat", "a (cat:1.3) on a (mat:0.6)", long["request"]["prompt"]]
    words = recorded_model(golden, {"CLIP_stop_at_last_layers": clip_skip})
    with np.load(golden / "unit" / "tensors.npz") as tensors:
        for index, prompt in enumerate(prompts):
            expected = tensors[f"cond{index}{suffix}"]
            np.testing.assert_allclose(encoded(prompt, words), expected, atol=1e-4)


def test_padding_with_the_empty_prompt_fills_the_shorter_one(golden: Path):
    words = recorded_model(golden, {})
    short = encode_prompt("a cat", Timeline(calls=8), words, composable=True)
    long = encode_prompt("dog " * 100, Timeline(calls=8), words, composable=False)
    found = equalise(short, long, "pad", encode_empty(words))
    ((_, vectors),) = found.positive.at(0)
    torch.testing.assert_close(vectors[77:], encode_empty(words))
