from django.urls import path

from clients.views import invitation, record, roster, settings

app_name = "clients"

urlpatterns = [
    path("clients/", roster.client_list, name="list"),
    path("clients/new/", roster.client_new, name="new"),
    path("clients/<int:pk>/details/", record.client_details, name="details"),
    path("clients/<int:pk>/facts/", record.facts_correct, name="facts_correct"),
    path("clients/<int:pk>/invite/", record.client_invite, name="invite"),
    path("clients/<int:pk>/invitation/revoke/", record.invitation_revoke, name="invitation_revoke"),
    path("clients/<int:pk>/finish/", record.client_finish, name="finish"),
    path("clients/<int:pk>/reopen/", record.client_reopen, name="reopen"),
    path("clients/<int:pk>/pauses/", record.pause_start, name="pause_start"),
    path("clients/<int:pk>/pauses/<int:pause>/end/", record.pause_end, name="pause_end"),
    path("clients/<int:pk>/notes/", record.note_add, name="note_add"),
    path("invitation/<str:token>/", invitation.invitation_accept, name="invitation"),
    path("me/birth-date/ask/", settings.my_birth_date_ask, name="birth_date_ask"),
    path("me/settings/", settings.settings, name="settings"),
    path("me/settings/pauses/", settings.my_pause_start, name="my_pause_start"),
    path("me/settings/pauses/<int:pk>/end/", settings.my_pause_end, name="my_pause_end"),
    path("me/settings/consent/", settings.my_consent, name="consent"),
    path("me/settings/consent/give/", settings.my_consent_give, name="consent_give"),
    path("me/settings/consent/withdraw/", settings.my_consent_withdraw, name="consent_withdraw"),
]
