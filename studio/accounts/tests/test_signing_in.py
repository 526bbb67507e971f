"""Every road into an account, and those that stay closed."""

import re

import pytest
from django.core import mail
from django.test import Client as Browser

from studio.accounts.models import User
from studio.accounts.tests.people import PASSWORD, make_coach, make_user

LOGIN = "/accounts/login/"
CODE = "/accounts/login/code/"
CONFIRM = "/accounts/login/code/confirm/"
RESET = "/accounts/password/reset/"
RESET_CODE = "/accounts/password/reset/confirm/"
RESET_DONE = "/accounts/password/reset/complete/"
AWAY = {"REMOTE_ADDR": "203.0.113.9"}
PROXIED = {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "203.0.113.9"}


@pytest.fixture
def visitor():
    return Browser()


def is_in(visitor, user) -> bool:
    return visitor.session.get("_auth_user_id") == str(user.pk)


def code_in_mail() -> str:
    """The code stands alone on its line: letters, digits and dashes."""
    return re.search(r"^([A-Z0-9]+(?:-[A-Z0-9]+)*)$", mail.outbox[-1].body, re.M)[1]


# --- password


def test_a_password_lets_in_and_leads_to_the_start(maya, visitor):
    response = visitor.post(LOGIN, {"login": "maya@example.com", "password": PASSWORD})
    assert is_in(visitor, maya.user)
    assert response.url == "/start/"


def test_the_address_is_read_whatever_its_case(maya, visitor):
    visitor.post(LOGIN, {"login": "MAYA@Example.COM", "password": PASSWORD})
    assert is_in(visitor, maya.user)


def test_after_sign_in_the_wanted_page_opens_but_never_another_site(maya):
    form = {"login": "maya@example.com", "password": PASSWORD}
    assert Browser().post(LOGIN, form | {"next": "/clients/"}).url == "/clients/"
    assert Browser().post(LOGIN, form | {"next": "https://evil.example/"}).url == "/start/"


@pytest.mark.parametrize(
    ("login", "password"),
    [
        ("maya@example.com", "wrong-password"),
        ("nobody@example.com", PASSWORD),
        ("maya@example.com", ""),
        ("", ""),
        ("maya", PASSWORD),
        ("x" * 10_000, PASSWORD),
        ("maya@example.com", "p" * 10_000),
        ("maya@example.com\x00", PASSWORD),
        ("🏃@example.com", PASSWORD),
        ("x" * 290 + "@example.com", PASSWORD),
    ],
)
def test_what_is_wrong_does_not_let_in_and_does_not_break(maya, visitor, login, password):
    response = visitor.post(LOGIN, {"login": login, "password": password})
    assert response.status_code == 200
    assert "_auth_user_id" not in visitor.session


def test_a_wrong_address_and_a_wrong_password_read_the_same(maya, visitor):
    texts = {
        re.sub(r'(value|name="csrfmiddlewaretoken" value)="[^"]*"', "", response.content.decode())
        for response in (
            visitor.post(LOGIN, {"login": "maya@example.com", "password": "wrong-password"}),
            visitor.post(LOGIN, {"login": "nobo@example.com", "password": "wrong-password"}),
        )
    }
    assert len({re.sub(r"csrf[^>]*|X-CSRFToken[^>]*", "", text) for text in texts}) == 1


def test_after_five_wrong_passwords_the_right_one_has_to_wait(maya, visitor):
    for _ in range(5):
        visitor.post(LOGIN, {"login": "maya@example.com", "password": "wrong-password"})
    response = visitor.post(LOGIN, {"login": "maya@example.com", "password": PASSWORD})
    assert "_auth_user_id" not in visitor.session
    assert b"Too many tries in a short time" in response.content


def test_the_limit_is_kept_in_the_cache_that_all_processes_share(settings):
    assert settings.CACHES["default"]["BACKEND"] == "django.core.cache.backends.redis.RedisCache"


def test_somebody_who_left_cannot_sign_in(maya, visitor):
    User.objects.update(is_active=False)
    visitor.post(LOGIN, {"login": "maya@example.com", "password": PASSWORD})
    assert "_auth_user_id" not in visitor.session


def test_signing_in_changes_the_session_key(maya, visitor):
    visitor.get(LOGIN)
    session = visitor.session
    session["before"] = 1
    session.save()
    before = session.session_key
    visitor.cookies["sessionid"] = before
    visitor.post(LOGIN, {"login": "maya@example.com", "password": PASSWORD})
    assert visitor.session.session_key != before


def test_signing_out_needs_a_tap_and_ends_the_session(maya, visitor):
    visitor.force_login(maya.user)
    assert visitor.get("/accounts/logout/").status_code == 200
    assert is_in(visitor, maya.user)
    assert visitor.post("/accounts/logout/").url == "/"
    assert "_auth_user_id" not in visitor.session


# --- a code by e-mail


def test_a_code_lets_in(maya, visitor):
    assert visitor.post(CODE, {"email": "maya@example.com"}).url == CONFIRM
    assert mail.outbox[-1].to == ["maya@example.com"]
    visitor.post(CONFIRM, {"code": code_in_mail()})
    assert is_in(visitor, maya.user)


def test_a_wrong_code_does_not_and_the_right_one_dies_after_three(maya, visitor):
    visitor.post(CODE, {"email": "maya@example.com"})
    code = code_in_mail()
    for _ in range(3):
        visitor.post(CONFIRM, {"code": "WRONG1"})
    visitor.post(CONFIRM, {"code": code})
    assert "_auth_user_id" not in visitor.session


def test_a_code_works_in_the_browser_that_asked_for_it_only(maya, visitor):
    visitor.post(CODE, {"email": "maya@example.com"})
    other = Browser()
    other.post(CONFIRM, {"code": code_in_mail()})
    assert "_auth_user_id" not in other.session


def test_an_unknown_address_sees_the_same_page_and_gets_no_code(db, visitor):
    assert visitor.post(CODE, {"email": "nobody@example.com"}).url == CONFIRM
    assert len(mail.outbox) == 1
    assert not re.search(r"^[A-Z0-9]{6}$", mail.outbox[0].body, re.M)
    assert "by invitation" in mail.outbox[0].body


@pytest.mark.parametrize("email", ["", "nobody", "x" * 10_000, "x" * 290 + "@example.com", "a\x00@example.com", "🏃"])
def test_an_address_that_is_none_is_answered(db, visitor, email):
    assert visitor.post(CODE, {"email": email}).status_code in {200, 302}
    assert visitor.post(RESET, {"email": email}).status_code in {200, 302}


def test_codes_are_limited_per_address(maya):
    for _ in range(3):
        Browser().post(CODE, {"email": "maya@example.com"})
    Browser().post(CODE, {"email": "maya@example.com"})
    assert len(mail.outbox) == 3


def test_a_colleague_without_a_password_comes_in_by_code(db, visitor):
    from studio.accounts.services import add_coach

    coach = add_coach(email="New@example.com", name="New Coach")
    visitor.post(CODE, {"email": "new@example.com"})
    visitor.post(CONFIRM, {"code": code_in_mail()})
    assert is_in(visitor, coach.user)


# --- a new password


def test_a_forgotten_password_is_replaced_with_a_code(maya, visitor):
    assert visitor.post(RESET, {"email": "maya@example.com"}).url == RESET_CODE
    assert visitor.post(RESET_CODE, {"code": code_in_mail()}).url == RESET_DONE
    new = "a-brand-new-password"
    visitor.post(RESET_DONE, {"password1": new, "password2": new})
    maya.user.refresh_from_db()
    assert maya.user.check_password(new)
    assert "_auth_user_id" not in visitor.session


def test_a_weak_new_password_is_refused(maya, visitor):
    visitor.post(RESET, {"email": "maya@example.com"})
    visitor.post(RESET_CODE, {"code": code_in_mail()})
    visitor.post(RESET_DONE, {"password1": "1234567890", "password2": "1234567890"})
    maya.user.refresh_from_db()
    assert maya.user.check_password(PASSWORD)


def test_the_last_page_of_a_reset_needs_the_code_first(maya, visitor):
    visitor.post(RESET, {"email": "maya@example.com"})
    assert visitor.get(RESET_DONE).status_code == 302
    visitor.post(RESET_DONE, {"password1": "a-brand-new-password", "password2": "a-brand-new-password"})
    maya.user.refresh_from_db()
    assert maya.user.check_password(PASSWORD)


def test_changing_the_password_asks_for_the_old_one_and_ends_other_sessions(maya, visitor):
    other = Browser()
    for each in (visitor, other):
        each.post(LOGIN, {"login": "maya@example.com", "password": PASSWORD})
    new = "a-brand-new-password"
    form = {"oldpassword": "wrong", "password1": new, "password2": new}
    visitor.post("/accounts/password/change/", form)
    maya.user.refresh_from_db()
    assert maya.user.check_password(PASSWORD)
    visitor.post("/accounts/password/change/", form | {"oldpassword": PASSWORD})
    maya.user.refresh_from_db()
    assert maya.user.check_password(new)
    assert other.get("/accounts/password/change/").status_code == 302


# --- another address


def test_a_new_address_counts_when_its_code_was_typed(maya, visitor):
    visitor.post(LOGIN, {"login": "maya@example.com", "password": PASSWORD})
    visitor.post("/accounts/email/", {"action_add": "", "email": "maya.new@example.com"})
    assert mail.outbox[-1].to == ["maya.new@example.com"]
    maya.user.refresh_from_db()
    assert maya.user.email == "maya@example.com"
    visitor.post("/accounts/confirm-email/", {"code": code_in_mail()})
    maya.user.refresh_from_db()
    assert maya.user.email == "maya.new@example.com"
    again = Browser()
    again.post(LOGIN, {"login": "maya.new@example.com", "password": PASSWORD})
    assert is_in(again, maya.user)


def test_somebody_elses_address_cannot_be_taken(maya, omar, visitor):
    visitor.post(LOGIN, {"login": "maya@example.com", "password": PASSWORD})
    visitor.post("/accounts/email/", {"action_add": "", "email": "omar@example.com"})
    response = visitor.post("/accounts/confirm-email/", {"code": code_in_mail()})  # she reads his mail, too
    assert response.status_code in {200, 302}
    maya.user.refresh_from_db()
    omar.user.refresh_from_db()
    assert (maya.user.email, omar.user.email) == ("maya@example.com", "omar@example.com")
    assert visitor.get("/accounts/email/").status_code == 200


# --- nobody signs up


def test_sign_up_is_closed_with_a_kind_page(db, visitor):
    form = {"email": "new@example.com", "password1": PASSWORD, "password2": PASSWORD}
    for response in (visitor.get("/accounts/signup/"), visitor.post("/accounts/signup/", form)):
        assert b"by invitation" in response.content
    assert not User.objects.exists()


# --- demo people


@pytest.fixture
def demo(db):
    return make_coach("Demo", email="demo@demo.studio", is_demo=True).user


@pytest.mark.parametrize(
    ("where", "comes_in"), [({}, True), (AWAY, False), (PROXIED, False), ({"REMOTE_ADDR": "::1"}, True)]
)
def test_demo_people_sign_in_on_this_machine_only(demo, where, comes_in):
    by_password, by_code = Browser(**where), Browser(**where)
    by_password.post(LOGIN, {"login": demo.email, "password": PASSWORD})
    assert is_in(by_password, demo) == comes_in
    by_code.post(CODE, {"email": demo.email})
    by_code.post(CONFIRM, {"code": code_in_mail()})
    assert is_in(by_code, demo) == comes_in


def test_a_reset_password_does_not_open_a_demo_account_from_afar_either(demo):
    visitor = Browser(**AWAY)
    visitor.post(RESET, {"email": demo.email})
    visitor.post(RESET_CODE, {"code": code_in_mail()})
    new = "a-brand-new-password"
    visitor.post(RESET_DONE, {"password1": new, "password2": new})
    assert not is_in(visitor, demo)
    visitor.post(LOGIN, {"login": demo.email, "password": new})
    assert not is_in(visitor, demo)


def test_a_demo_person_sent_away_is_told_why_and_can_start_again(demo):
    visitor = Browser(**AWAY)
    visitor.post(CODE, {"email": demo.email})
    response = visitor.post(CONFIRM, {"code": code_in_mail()}, follow=True)
    assert b"on this machine only" in response.content
    other = make_user("Real", email="real@example.com")
    visitor.post(LOGIN, {"login": "real@example.com", "password": PASSWORD})
    assert is_in(visitor, other)
