"""The addresses of this subject."""

from django.urls import path

from console.audit import views

urlpatterns = [
    path("audit/", views.trail, name="audit"),
]
