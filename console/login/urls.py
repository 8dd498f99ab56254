"""The addresses of this subject."""

from django.urls import path

from console.login import views

urlpatterns = [
    path("login", views.login, name="login"),
    path("logout", views.logout, name="logout"),
]
