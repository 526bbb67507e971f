"""How allauth behaves here: nobody signs up by himself; a runner comes by invitation, a coach through the owner."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.stagekit import clear_login
from django.contrib import messages
from django.shortcuts import redirect

from studio.accounts.backends import is_loopback
from studio.accounts.models import Studio


class StudioAccountAdapter(DefaultAccountAdapter):
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
