"""The pages of an account speak as the rest of the studio does: sentence case, our own words, no inline style."""

import re

import pytest

from studio.accounts.models import Studio
from studio.accounts.tests.people import PASSWORD, make_user

SAID = re.compile(r"<(h1|h2|label|button|title|legend|summary)\b[^>]*>(.*?)</\1>|<a class=\"btn[^>]*>(.*?)</a>", re.S)
TITLE_CASE = re.compile(r"\w+ (?!E-mail)[A-Z][a-z]+")  # a capital inside: "Change Password"
THEIRS = ("Email", "verification", "Reset My", "reauthenticate", "primary", "token", "log in", "logged in")


@pytest.fixture(autouse=True)
def studio(db):
    """A name in small letters, so that the only capitals are ours."""
    Studio.objects.create(pk=1, name="the studio", contact_email="hello@example.com")


def said(answer) -> list[str]:
    """Headings, labels and buttons of a page."""
    html = answer.content.decode()
    main = (
        html[html.index("<title>") : html.index("</title>") + 8]
        + html[html.index('<main id="main"') :].split("</main>")[0]
    )
    found = [re.sub(r"<[^>]+>", " ", one[1] or one[2]) for one in SAID.findall(main)]
    return [" ".join(text.split()) for text in found]


def check(answer):
    assert answer.status_code == 200
    html = answer.content.decode()
    words = said(answer)
    assert all(words) and len(words) >= 2 and not [text for text in words if TITLE_CASE.search(text)]
    assert not [word for word in THEIRS if any(word in text for text in words)]
    assert " style=" not in html and "<script>" not in html
    assert 'placeholder="' not in html[html.index('<main id="main"') :]


@pytest.mark.parametrize("path", ["login/", "login/code/", "password/reset/", "signup/", "inactive/"])
def test_pages_of_a_visitor(client, path):
    check(client.get(f"/accounts/{path}"))


def test_pages_of_who_is_signed_in(client):
    client.force_login(make_user())
    for path in ("email/", "password/change/", "logout/", "reauthenticate/"):
        check(client.get(f"/accounts/{path}"))


def test_who_has_no_password_chooses_one(client):
    user = make_user()
    user.set_unusable_password()
    user.save()
    client.force_login(user)
    check(client.get("/accounts/password/set/"))


def test_the_roads_by_code(client, mailoutbox):
    user = make_user()
    check(client.post("/accounts/login/code/", {"email": user.email}, follow=True))
    client.logout()
    check(client.post("/accounts/password/reset/", {"email": user.email}, follow=True))
    code = re.search(r"^([A-Z0-9]+(?:-[A-Z0-9]+)*)$", mailoutbox[-1].body, re.M)[1]
    check(client.post("/accounts/password/reset/confirm/", {"code": code}, follow=True))
    new = {"password1": "four-new-quiet-words", "password2": "four-new-quiet-words"}
    check(client.post("/accounts/password/reset/complete/", new, follow=True))


def test_a_new_address_counts_when_its_code_is_typed_in(client, mailoutbox):
    user = make_user()
    client.force_login(user)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    check(client.post("/accounts/email/", {"email": "new@example.com", "action_add": ""}, follow=True))
    user.refresh_from_db()
    assert user.email != "new@example.com"
    code = re.search(r"^([A-Z0-9]+(?:-[A-Z0-9]+)*)$", mailoutbox[-1].body, re.M)[1]
    client.post("/accounts/confirm-email/", {"code": code})
    user.refresh_from_db()
    assert user.email == "new@example.com"


def test_what_is_wrong_is_said_in_our_words(client):
    user = make_user()
    answer = client.post("/accounts/login/", {"login": user.email, "password": "not-the-password"})
    assert "Address and password do not belong together." in answer.content.decode()
    client.force_login(user)
    change = {"oldpassword": "no", "password1": "three-quiet-words", "password2": "three-quiet-words"}
    answer = client.post("/accounts/password/change/", change)
    assert "This is not the password you have now." in answer.content.decode()


def test_too_often_is_said_kindly(client):
    answers = [client.post("/accounts/password/reset/", {"email": "nobody@example.com"}) for _ in range(25)]
    last = answers[-1]
    assert last.status_code == 429 and "A moment, please." in last.content.decode()
