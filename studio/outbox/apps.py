from django.apps import AppConfig


class OutboxConfig(AppConfig):
    name = "studio.outbox"
    label = "outbox"

    def ready(self):
        from studio.outbox import account_mail

        account_mail.register_kind()
