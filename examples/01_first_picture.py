"""A picture from words, in eight lines."""

from velatura import LocalEngine, Picture, Txt2Img, save_picture

engine = LocalEngine()
for event in engine.run(Txt2Img(prompt="flat illustration of a green apple", steps=20, seed=7)):
    if isinstance(event, Picture):
        print(save_picture(event, "pictures"))
    else:
        print(f"step {event.index} of {event.total}")
