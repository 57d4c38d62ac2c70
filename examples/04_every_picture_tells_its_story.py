"""Read how a picture was made from its file, and make it again."""

from velatura import LocalEngine, Picture, Txt2Img, read_story, save_picture

engine = LocalEngine()
request = Txt2Img(prompt="a cat face", steps=12, seed=11)
picture = next(event for event in engine.run(request) if isinstance(event, Picture))
path = save_picture(picture, "pictures")

story = read_story(path)
print(story.text)
if story.request is not None:
    again = next(event for event in engine.run(story.request) if isinstance(event, Picture))
    print("the same picture:", again.id == picture.id)
