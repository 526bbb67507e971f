"""The command that makes a production studio's first sign-in."""

import io

import pytest
from django.core.management import CommandError, call_command

from studio.accounts.models import Coach, User
from studio.accounts.tests.people import make_coach


@pytest.fixture
def create(db, monkeypatch):
    def run(*args, password="a-long-enough-password"):
        monkeypatch.setattr("sys.stdin", io.StringIO(password + "\n"))
        out = io.StringIO()
        call_command("create_owner", *args, "--password-stdin", stdout=out)
        return out.getvalue()

    return run


def test_the_owner_can_sign_in_and_is_a_coach(create, client):
    said = create("Beth@Example.com", "Bethany  Brown", "--time-zone", "America/New_York")
    user = User.objects.get()
    assert (user.email, user.name, user.role, user.time_zone) == (
        "beth@example.com", "Bethany Brown", "owner", "America/New_York",
    )  # fmt: skip
    assert Coach.objects.get().user == user
    assert "beth@example.com" in said
    form = {"login": "beth@example.com", "password": "a-long-enough-password"}
    assert client.post("/accounts/login/", form).status_code == 302


@pytest.mark.parametrize(
    ("args", "password", "words"),
    [
        (["nobody", "B"], "a-long-enough-password", "valid email"),
        (["b@example.com", " "], "a-long-enough-password", "1 to 120"),
        (["b@example.com", "x" * 121], "a-long-enough-password", "1 to 120"),
        (["b@example.com", "B", "--time-zone", "Mars"], "a-long-enough-password", "time zone"),
        (["b@example.com", "B"], "short", "too short"),
        (["b@example.com", "B"], "", "too short"),
    ],
)
def test_what_is_wrong_is_one_line_and_makes_nobody(create, args, password, words):
    with pytest.raises(CommandError, match=words):
        create(*args, password=password)
    assert not User.objects.exists()


def test_an_address_in_use_is_refused(create):
    make_coach(email="b@example.com")
    with pytest.raises(CommandError, match="sign-in already"):
        create("B@example.com", "B")
