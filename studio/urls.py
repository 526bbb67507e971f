"""Every address of the studio. Each app brings its own; the paths are those of the product page."""

from django.urls import include, path

urlpatterns = [
    path("", include("studio.front.urls")),
    path("", include("consultations.urls")),
    path("", include("programs.urls")),
    path("", include("assessments.urls")),
    path("", include("clients.urls")),
    path("", include("studio.outbox.urls")),
    path("accounts/", include("allauth.urls")),
]

handler404 = "studio.front.views.errors.not_found"
handler500 = "studio.front.views.errors.server_error"
