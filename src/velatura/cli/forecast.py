"""What a request will take, told instead of making it."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Annotated

import typer

from velatura.cli.terminal import say
from velatura.models.discovery import find_models
from velatura.models.hashes import Hashes
from velatura.records import Painting

if TYPE_CHECKING:
    from velatura.forecast import Forecast
    from velatura.records import Request
    from velatura.settings import Settings

IsForecast = Annotated[
    bool,
    typer.Option(
        "--forecast",
        metavar="",
        help="Make nothing: say what it would take, by earlier runs on this machine.",
    ),
]


def tell_forecast(request: Request, settings: Settings, *, as_json: bool) -> None:
    """Say what a request would take on this machine.

    Raises:
        RequestError: it cannot be carried out.
        UnknownModel: there is no such checkpoint.
    """
    from velatura.forecast import Notebook, foresee  # numpy: the help need not wait for it

    if isinstance(request, Painting):
        catalogue = find_models(settings.models_dirs)
        hashes = Hashes(settings.cache_dir)
        checkpoint = catalogue.find("checkpoint", request.checkpoint, hashes).name
        request = replace(request, checkpoint=checkpoint)
    forecast = foresee(request, Notebook(settings.cache_dir))
    say(json.dumps(asdict(forecast)) if as_json else in_words(forecast))


def in_words(forecast: Forecast) -> str:
    """The forecast as a sentence.

    >>> from velatura.forecast import Forecast
    >>> in_words(Forecast(seconds=75.2, loading_seconds=2.04, peak_bytes=3_100_000_000))
    'about 1 min 15 s, and 2.0 s if the model is yet to load; 3.1 GB of memory; by other sizes'
    """
    if forecast.seconds is None:
        return "not known yet: make a picture with this model first"
    parts = [f"about {_duration(forecast.seconds)}"]
    if forecast.loading_seconds is not None:
        parts[0] += f", and {_duration(forecast.loading_seconds)} if the model is yet to load"
    if forecast.peak_bytes is not None:
        parts.append(f"{forecast.peak_bytes / 1e9:.1f} GB of memory")
    parts.append("by runs of this size" if forecast.is_seen else "by other sizes")
    return "; ".join(parts)


def _duration(seconds: float) -> str:
    if seconds < 10:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    parts = [(hours, "h"), (minutes, "min"), (rest, "s")]
    return " ".join(f"{count} {unit}" for count, unit in parts if count)
