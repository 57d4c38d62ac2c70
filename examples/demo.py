"""The two tutorials' first pictures, with the checkpoint that comes along: ``make demo``."""

from dataclasses import replace
from pathlib import Path

from velatura import LocalEngine, Picture, Target, Txt2Img, contact_sheet, save_picture, save_sheet

FOLDER = Path("pictures/demo")

BASE = Txt2Img(
    checkpoint="velatura-mini",
    negative_prompt="blurry, deformed, low quality",
    sampler="Euler a",
    steps=25,
    guidance_scale=7.0,
    batch_size=4,
    seed=1,
)
DEMOS = {
    "portrait": replace(
        BASE,
        prompt="portrait of a (woman:1.1) with [blonde:red:0.8] hair, highly detailed, sharp focus",
        width=128,
        height=208,
    ),
    "apple": replace(BASE, prompt="flat illustration of a green apple", width=128, height=128),
}


def paint(engine: LocalEngine, name: str, request: Txt2Img) -> list[Picture]:
    """Paint one request, telling how far it is."""
    pictures: list[Picture] = []
    for event in engine.run(request):
        if isinstance(event, Picture):
            path = save_picture(event, Target(folder=FOLDER, pattern=f"{name}-[seed]"))
            pictures.append(event)
            print(f"\r{name}: {path}")
        else:
            print(f"\r{name}: step {event.index}/{event.total}", end="", flush=True)
    return pictures


def main() -> None:
    """Paint both and lay them out on one sheet."""
    engine = LocalEngine()
    pictures = [picture for name in DEMOS for picture in paint(engine, name, DEMOS[name])]
    labels = [f"seed {picture.request.seed}" for picture in pictures]
    pixels = contact_sheet([picture.pixels for picture in pictures], columns=4, labels=labels)
    sheet = save_sheet(pixels, FOLDER, name="sheet")
    print(f"contact sheet: {sheet.resolve()}")


if __name__ == "__main__":
    main()
