"""The first sign-in of a studio in production."""

import getpass
import sys

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email

from studio.accounts import services
from studio.accounts.models import User, validate_zone


class Command(BaseCommand):
    help = "Create the studio's owner, who then adds coaches on /studio/."

    def add_arguments(self, parser):
        parser.add_argument("email")
        parser.add_argument("name")
        parser.add_argument("--time-zone", default="Europe/London", help="IANA name, such as Europe/London")
        parser.add_argument("--password-stdin", action="store_true", help="read the password from standard input")

    def handle(self, *args, email, name, time_zone, password_stdin, **options):
        name = " ".join(name.split())
        if not name or len(name) > 120:
            raise CommandError("The name has 1 to 120 characters.")
        try:
            validate_email(email)
            validate_zone(time_zone)
            password = self._password(password_stdin)
            validate_password(password, User(email=email, name=name))
        except ValidationError as problem:
            raise CommandError(" ".join(problem.messages)) from None
        try:
            services.create_owner(email=email, name=name, password=password, time_zone=time_zone)
        except services.EmailTaken:
            raise CommandError(f"{email} is somebody's sign-in already.") from None
        self.stdout.write(f"{name} owns the studio now and signs in as {email.lower()}.")

    def _password(self, from_stdin: bool) -> str:
        if from_stdin:
            return sys.stdin.readline().rstrip("\r\n")
        if not sys.stdin.isatty():
            raise CommandError("There is no terminal to ask for the password; use --password-stdin.")
        password = getpass.getpass("Password: ")
        if getpass.getpass("Password again: ") != password:
            raise CommandError("The two passwords are not the same.")
        return password
