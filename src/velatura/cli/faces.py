"""``velatura faces``: faces restored by a network, or painted anew."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from velatura.cli.fields import Naming, takes_fields
from velatura.cli.finish import Files, Name, Results, finish
from velatura.cli.options import AsJson, FileFormat, Folder, ModelsDir, parse_size
from velatura.cli.txt2img import NOISE, SAMPLING, TEXT, VARIATION
from velatura.cli.txt2img import REQUEST as PAINTING
from velatura.errors import RequestError
from velatura.faces import RESTORERS
from velatura.records import Bitmap, Detail, Faces

FACES = Naming(
    record=Faces,
    leave=frozenset(("kind", "image")),
    extra={"restorer": f"One of: {', '.join(RESTORERS)}; or the name of one of their files."},
)
DETAIL = Naming(
    record=Detail,
    names={**PAINTING.names, "padding": "face-padding"},
    leave=PAINTING.leave - {"prompt"} | {"image", "confidence"},
    panel="Painting anew, with --detail",
    extra=PAINTING.extra,
)
NAMINGS = (FACES, DETAIL, VARIATION, TEXT, SAMPLING, NOISE)

IsDetail = Annotated[
    bool,
    typer.Option(
        "--detail",
        metavar="",
        help="Paint each face anew with a checkpoint, enlarged, instead of restoring it; "
        "needs no restorer.",
    ),
]
Size = Annotated[
    str,
    typer.Option(
        metavar="WxH",
        help="Width and height at which a face is painted; if not given: the checkpoint's own.",
        rich_help_panel=DETAIL.panel,
    ),
]


@takes_fields(*NAMINGS)
def faces(
    files: Files,
    values: Mapping[str, Any],
    detail: IsDetail = False,
    size: Size = "",
    out: Folder = None,
    name: Name = "",
    image_format: FileFormat = "png",
    models_dir: ModelsDir = None,
    as_json: AsJson = False,
) -> None:
    """Restore the faces in pictures, or paint them anew.

    CodeFormer and GFPGAN need files of weights that you bring; --detail needs none. Each finished
    picture's path goes to standard output. Texts in the pictures' files are kept.
    """
    width, height = parse_size(size, "--size") if size else (0, 0)
    if values["prompt"] and not detail:
        raise RequestError("--prompt: a restorer reads no prompt; add --detail to paint anew")

    def ask(image: Bitmap) -> Faces | Detail:
        if not detail:
            return FACES.record_from(values, image=image)
        variation = VARIATION.record_from(values)
        return DETAIL.record_from(
            values,
            image=image,
            width=width,
            height=height,
            confidence=values["confidence"],
            variation=variation if variation.strength > 0 else None,
            text=TEXT.record_from(values),
            sampling=SAMPLING.record_from(values),
            noise=NOISE.record_from(values),
        )

    results = Results(out=out, name=name, image_format=image_format, as_json=as_json)
    finish(files, ask, NAMINGS, models_dir, results)
