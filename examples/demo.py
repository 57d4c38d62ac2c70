"""Both tutorials with the checkpoint that comes along, to the finished pictures: ``make demo``."""

from pathlib import Path

from velatura import (
    LocalEngine,
    Picture,
    PictureCache,
    StageFinished,
    StageStarted,
    Step,
    Target,
    contact_sheet,
    read_workflow,
    run_workflow,
    save_picture,
    save_sheet,
)

WORKFLOWS = Path(__file__).parent / "workflows"
FOLDER = Path("pictures/demo")


def follow(engine: LocalEngine, name: str, kept: PictureCache) -> list[StageFinished]:
    """Carry out one workflow, telling how far it is."""
    finished: list[StageFinished] = []
    place = name
    for event in run_workflow(read_workflow(WORKFLOWS / f"{name}.yaml"), engine, kept):
        if isinstance(event, StageStarted):
            place = f"{name} {event.index}/{event.total} {event.name}"
            print(f"{place}{', kept from an earlier run' if event.kept else '':<40}")
        elif isinstance(event, Step):
            print(f"{place}: step {event.index}/{event.total}", end="\r", flush=True)
        elif isinstance(event, StageFinished):
            finished.append(event)
    return finished


def main() -> None:
    """Carry out both, and lay out everything that was painted on the way."""
    engine = LocalEngine()
    kept = PictureCache(FOLDER / "kept")
    for name in ("portrait", "apple"):
        stages = follow(engine, name, kept)
        target = Target(folder=FOLDER, pattern=f"{name}-[seed]")
        small: list[Picture] = [each for stage in stages[:2] for each in stage.pictures]
        labels = [stage.name for stage in stages[:2] for _ in stage.pictures]
        pixels = contact_sheet([each.pixels for each in small], columns=len(small), labels=labels)
        print(f"{name}, on the way: {save_sheet(pixels, FOLDER, name=f'{name}-sheet').resolve()}")
        print(f"{name}, finished: {save_picture(stages[-1].picked, target).resolve()}")


if __name__ == "__main__":
    main()
