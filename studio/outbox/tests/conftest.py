import pytest

from studio.outbox.kinds import Kind
from studio.outbox.tests.letters import plain, registered


@pytest.fixture
def hello():
    """A kind that anybody may read."""
    with registered(Kind("hello", "Hello", plain)) as kind:
        yield kind


@pytest.fixture
def code():
    """A kind that nobody may read."""
    with registered(Kind("code", "A code", plain, secret=True)) as kind:
        yield kind
