from django.apps import AppConfig


class FrontConfig(AppConfig):
    name = "studio.front"
    label = "front"

    def ready(self):
        from clients import roster
        from studio.front import checks, standing

        roster.register(standing.standings, need=standing.need)
        checks.register_checks()
