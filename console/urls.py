"""The addresses of the console. All of them lie behind console/door.py."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from console import views

app_name = "console"
urlpatterns = [
    path("", views.state, name="state"),
    path("login", views.Login.as_view(), name="login"),
    path("logout", LogoutView.as_view(), name="logout"),
]
