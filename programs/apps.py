from django.apps import AppConfig


class ProgramsConfig(AppConfig):
    name = "programs"

    def ready(self):
        from programs import mail, signals
        from programs.figures import shown
        from studio.ui import figures

        mail.register_kinds()
        signals.connect()
        figures.register(shown.find)
