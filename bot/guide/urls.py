"""The addresses of the guide."""

from django.urls import path

from bot.guide import views

app_name = "guide"
urlpatterns = [
    path("guide", views.door, name="door_without_slash"),  # as people type it
    path("guide/", views.door, name="door"),
    path("guide/<str:code>", views.page, name="page"),
]
