"""The addresses of this subject."""

from django.urls import path

from console.health import views

urlpatterns = [
    path("health/", views.state, name="health"),
]
