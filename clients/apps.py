from django.apps import AppConfig


class ClientsConfig(AppConfig):
    name = "clients"

    def ready(self):
        from clients import mail, signals

        mail.register_kinds()
        signals.connect()
