"""How allauth behaves here: nobody signs up by himself; a runner comes by invitation, a coach through the owner."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.stagekit import clear_login
from django.contrib import messages
from django.shortcuts import redirect

from studio.accounts.backends import is_loopback
from studio.accounts.models import Studio


class StudioAccountAdapter(DefaultAccountAdapter):
    """allauth with our rules for sign-ins, our words for what is wrong, and our name in its mail."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": "This account does not sign in any more.",
        "cannot_remove_primary_email": "You sign in with this address, so it stays.",
        "duplicate_email": "This is your address already.",
        "email_password_mismatch": "Address and password do not belong together.",
        "email_taken": "Somebody signs in with this address already.",
        "enter_current_password": "This is not the password you have now.",
        "incorrect_code": "This is not the code.",
        "incorrect_password": "This is not your password.",
        "rate_limited": "That was often in a short time. Please wait a little.",
        "same_as_current": "This is what you have now.",
        "too_many_login_attempts": "Too many tries in a short time. Please wait a little, or sign in with a code.",
        "unverified_primary_email": "Confirm the address first.",
    }

    def is_open_for_signup(self, request):
        return False

    def send_mail(self, template_prefix, email, context):
        super().send_mail(template_prefix, email, {"studio": Studio.current()} | context)

    def pre_login(self, request, user, **kwargs):
        # The codes by e-mail reach this too: every road to a demo person is a loopback road.
        if user.is_demo and not is_loopback(request):
            clear_login(request)
            messages.error(request, "Demo people sign in on this machine only.")
            return redirect("account_login")
        return super().pre_login(request, user, **kwargs)
