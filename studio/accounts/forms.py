"""allauth's forms in the studio's words: its own are in Title Case and say the label twice."""

from allauth.account import forms as allauth
from django import forms

PASSWORD_HELP = "At least 10 characters. Three or four words are good."  # as on the invitation

WORDS = {
    "login": "E-mail",
    "email": "E-mail",
    "password": "Password",
    "oldpassword": "The password you have now",
    "password1": "A new password",
    "password2": "The same password again",
    "code": "The code from the e-mail",
}


class OurWords(forms.Form):
    """Labels instead of placeholders, and one short help for a new password."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.label = WORDS.get(name, field.label)
            field.widget.attrs.pop("placeholder", None)
        if "password1" in self.fields:
            self.fields["password1"].help_text = PASSWORD_HELP


class LoginForm(OurWords, allauth.LoginForm):
    pass


class ChangeEmailForm(OurWords, allauth.AddEmailForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["email"].label = "The new address"


class ChangePasswordForm(OurWords, allauth.ChangePasswordForm):
    pass


class SetPasswordForm(OurWords, allauth.SetPasswordForm):
    pass


class ResetPasswordForm(OurWords, allauth.ResetPasswordForm):
    pass


class ResetPasswordKeyForm(OurWords, allauth.ResetPasswordKeyForm):
    pass


class ReauthenticateForm(OurWords, allauth.ReauthenticateForm):
    pass


class RequestLoginCodeForm(OurWords, allauth.RequestLoginCodeForm):
    pass


class ConfirmLoginCodeForm(OurWords, allauth.ConfirmLoginCodeForm):
    pass


class ConfirmEmailVerificationCodeForm(OurWords, allauth.ConfirmEmailVerificationCodeForm):
    pass


class ConfirmPasswordResetCodeForm(OurWords, allauth.ConfirmPasswordResetCodeForm):
    pass
