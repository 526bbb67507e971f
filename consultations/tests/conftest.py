import pytest
import time_machine

from consultations.tests.rooms import make_type, open_week


@pytest.fixture(autouse=True)
def _clock(request):
    """Tests with a database live at the shared `now`, a Wednesday morning."""
    if "db" not in request.fixturenames and "transactional_db" not in request.fixturenames:
        yield
        return
    with time_machine.travel(request.getfixturevalue("now"), tick=False):
        yield


@pytest.fixture
def kind(maya):
    """maya's type of consultation, every morning from nine to twelve, London time."""
    open_week(maya)
    return make_type(maya)
