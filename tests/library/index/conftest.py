import pytest

from tests.library.index.shelf import open_shelf


@pytest.fixture
def shelf(database_url, tmp_path):
    """On each database in turn."""
    made = open_shelf(database_url, tmp_path)
    yield made
    made.database.close()


@pytest.fixture
def lite(tmp_path):
    """On SQLite alone, for what is not the database's business."""
    made = open_shelf(f"sqlite:///{tmp_path / 'lite.db'}", tmp_path)
    yield made
    made.database.close()
