from django.urls import path

from consultations.views import booking, coach, manage, setup

app_name = "consultations"

# Tokens and slugs are matched as slugs: signs that no token has are 404 before any query.
urlpatterns = [
    path("book/", booking.book, name="book"),
    path("book/<slug:slug>/", booking.book_type, name="book_type"),
    path("booking/<slug:token>/", manage.booking, name="booking"),
    path("booking/<slug:token>/cancel/", manage.booking_cancel, name="booking_cancel"),
    path("booking/<slug:token>/consultation.ics", manage.booking_calendar, name="booking_calendar"),
    path("me/book/", booking.me_book, name="me_book"),
    path("me/book/<slug:slug>/", booking.me_book_type, name="me_book_type"),
    path("consultations/", coach.consultation_list, name="list"),
    path("consultations/<int:pk>/cancel/", coach.consultation_cancel, name="cancel"),
    path("consultations/<int:pk>/seen/", coach.consultation_seen, name="seen"),
    path("consultations/hours/", setup.hours, name="hours"),
    path("consultations/hours/days/", setup.exception_set, name="exception_set"),
    path("consultations/hours/days/<int:pk>/remove/", setup.exception_remove, name="exception_remove"),
    path("consultations/types/", setup.types, name="types"),
    path("consultations/types/new/", setup.type_new, name="type_new"),
    path("consultations/types/<int:pk>/", setup.type_edit, name="type_edit"),
    path("clients/<int:pk>/consultations/", coach.client_consultations, name="client_consultations"),
]
