"""With the network cut, everything works: found, loaded, painted, written and read back."""

import socket

import pytest

from tests.a1111_folder import write_a1111_folder
from velatura import Hires, LocalEngine, Picture, Txt2Img, read_story, save_picture
from velatura.models.embedded import embedded_checkpoints


class Unplugged(AssertionError):
    """Somebody reached for the network."""


@pytest.fixture
def no_network(monkeypatch):
    """Every way out, cut; and the list of who tried."""
    tried = []

    def refuse(*arguments, **_):
        tried.append(arguments)
        raise Unplugged(arguments)

    for name in ("connect", "connect_ex", "sendto", "bind"):
        monkeypatch.setattr(socket.socket, name, refuse)
    for name in ("getaddrinfo", "gethostbyname", "create_connection"):
        monkeypatch.setattr(socket, name, refuse)
    return tried


def test_the_guard_itself_cuts_connections(no_network):
    with pytest.raises(Unplugged):
        socket.create_connection(("127.0.0.1", 9))
    with pytest.raises(Unplugged), socket.socket() as outgoing:
        outgoing.connect(("127.0.0.1", 9))
    assert len(no_network) == 2


def test_loading_and_painting_need_no_network(no_network, tiny_checkpoint, tmp_path):
    models = write_a1111_folder(tmp_path / "webui", tiny_checkpoint)
    engine = LocalEngine([models], cache_dir=tmp_path / "cache")
    request = Txt2Img(
        prompt="a blob <lora:ink:0.5>",
        vae="other",
        width=64,
        height=64,
        steps=2,
        seed=1,
        hires=Hires(upscaler="Lanczos", scale=1.5, steps=1),
    )
    (picture,) = [event for event in engine.run(request) if isinstance(event, Picture)]
    story = read_story(save_picture(picture, tmp_path / "out"))
    assert story.request == picture.request
    assert no_network == []


def test_the_embedded_checkpoint_needs_neither_configuration_nor_network(no_network):
    request = Txt2Img(prompt="photo of a green apple", width=64, height=64, steps=2, seed=1)
    (picture,) = [event for event in LocalEngine().run(request) if isinstance(event, Picture)]
    assert picture.models[0].name == embedded_checkpoints()[0].stem
    assert picture.pixels.std() > 0
    assert no_network == []
