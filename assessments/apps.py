from django.apps import AppConfig


class AssessmentsConfig(AppConfig):
    name = "assessments"

    def ready(self):
        from assessments import mail, signals

        mail.register_kinds()
        signals.connect()
