from django.urls import path

from studio.front.views import client_home, coach, operations, public

app_name = "front"

urlpatterns = [
    path("", public.home, name="home"),
    path("about/", public.about, name="about"),
    path("privacy/", public.privacy, name="privacy"),
    path("robots.txt", public.robots, name="robots"),
    path("favicon.ico", public.favicon, name="favicon"),
    path("kit/", coach.kit, name="kit"),
    path("start/", public.start, name="start"),
    path("theme/", public.theme, name="theme"),
    path("today/", coach.today, name="today"),
    path("today/alarms/<int:pk>/acknowledge/", coach.alarm_acknowledge, name="alarm_acknowledge"),
    path("today/bookings/<int:pk>/seen/", coach.booking_seen, name="booking_seen"),
    path("clients/<int:pk>/", coach.client_record, name="client_record"),
    path("clients/<int:pk>/log/", coach.client_log, name="client_log"),
    path("clients/<int:pk>/timeline/", coach.client_timeline, name="client_timeline"),
    path("studio/", coach.studio_settings, name="studio_settings"),
    path("studio/coaches/<int:pk>/retire/", coach.coach_retire, name="coach_retire"),
    path("studio/coaches/<int:pk>/return/", coach.coach_return, name="coach_return"),
    path("me/", client_home.me, name="me"),
    path("healthz/", operations.healthz, name="healthz"),
    path("readyz/", operations.readyz, name="readyz"),
]
