from django.urls import path

from studio.outbox import views

app_name = "outbox"

urlpatterns = [
    path("outbox/", views.message_list, name="list"),
    path("outbox/<int:pk>/", views.message_detail, name="detail"),
    path("outbox/<int:pk>/retry/", views.message_retry, name="retry"),
]
