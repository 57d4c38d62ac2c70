from pathlib import Path

import pytest

from velatura.errors import RequestError
from velatura.settings import read_settings


def test_without_environment_and_config_the_defaults_hold(tmp_path):
    settings = read_settings({"HOME": str(tmp_path)})
    assert settings.models_dirs == ()
    assert settings.output_dir == Path("pictures")
    assert settings.cache_dir == tmp_path / ".cache" / "velatura"


def test_several_model_folders_are_separated_as_in_path(tmp_path):
    settings = read_settings({"HOME": str(tmp_path), "VELATURA_MODELS_DIR": "/a:/b"})
    assert settings.models_dirs == (Path("/a"), Path("/b"))


def test_the_environment_wins_over_the_config_file(tmp_path):
    config = tmp_path / "c.toml"
    config.write_text('models_dirs = ["models", "/abs"]\noutput_dir = "out"\n')
    environment = {"HOME": str(tmp_path), "VELATURA_CONFIG": str(config)}
    assert read_settings(environment).models_dirs == (tmp_path / "models", Path("/abs"))
    assert read_settings(environment).output_dir == tmp_path / "out"
    assert read_settings(environment | {"VELATURA_OUTPUT_DIR": "/x"}).output_dir == Path("/x")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("models = 1\n", "unknown setting 'models'"),
        ("models_dirs = 3\n", "models_dirs must be a path or a list of paths"),
        ('output_dir = ["a", "b"]\n', "output_dir must be one path"),
        ("output_dir = \n", "cannot be read as a config file"),
    ],
)
def test_a_wrong_config_file_is_refused_with_its_path(tmp_path, text, said):
    config = tmp_path / "config.toml"
    config.write_text(text)
    with pytest.raises(RequestError) as caught:
        read_settings({"HOME": str(tmp_path), "VELATURA_CONFIG": str(config)})
    assert said in str(caught.value)
    assert str(config) in str(caught.value)


def test_the_studio_is_set_by_environment_and_config_file(tmp_path):
    config = tmp_path / "config.toml"
    config.write_text('data_dir = "data"\nport = 9000\nallowed_hosts = ["studio.lan"]\n')
    environment = {"HOME": str(tmp_path), "VELATURA_CONFIG": str(config)}
    settings = read_settings(environment)
    assert (settings.data_dir, settings.port) == (tmp_path / "data", 9000)
    assert settings.allowed_hosts == ("studio.lan",)
    settings = read_settings(environment | {"VELATURA_PORT": "0", "VELATURA_TOKEN": "secret-1"})
    assert (settings.port, settings.token) == (0, "secret-1")
    assert "secret-1" not in repr(settings)


def test_compiling_is_asked_for_by_environment_and_config_file(tmp_path):
    config = tmp_path / "config.toml"
    config.write_text("compile = true\n")
    environment = {"HOME": str(tmp_path), "VELATURA_CONFIG": str(config)}
    assert read_settings(environment).compile
    assert not read_settings(environment | {"VELATURA_COMPILE": "False"}).compile
    with pytest.raises(RequestError, match="VELATURA_COMPILE: expected true or false"):
        read_settings(environment | {"VELATURA_COMPILE": "fast"})
    config.write_text('compile = "yes"\n')
    with pytest.raises(RequestError, match="compile must be true or false"):
        read_settings(environment)


def test_a_port_that_is_none_is_refused(tmp_path):
    with pytest.raises(RequestError, match="VELATURA_PORT"):
        read_settings({"HOME": str(tmp_path), "VELATURA_PORT": "99999"})
