"""Stop in the middle of sampling, and carry on later with the identical result."""

from velatura import LocalEngine, Picture, Step, Txt2Img

request = Txt2Img(prompt="cartoon of a red apple", steps=12, seed=3)
engine = LocalEngine()

saved = b""
for event in engine.run(request):
    if isinstance(event, Step) and event.index == 5:
        saved = event.snapshot()  # bytes: they can lie in a file until tomorrow
        break

carried_on = [event for event in engine.run(request, resume=saved) if isinstance(event, Picture)]
at_once = [event for event in engine.run(request) if isinstance(event, Picture)]
print("identical:", carried_on[0].id == at_once[0].id)
