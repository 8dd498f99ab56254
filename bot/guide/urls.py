"""The addresses of the guide."""

from django.urls import path

from bot.guide import views

app_name = "guide"
urlpatterns = [
    path("guide", views.door, name="door_without_slash"),  # as people type it
    path("guide/", views.door, name="door"),
    path("guide/worker.js", views.worker, name="worker"),
    path("guide/<str:code>", views.sheet, {"name": views.PAGE}, name="page"),
    path("guide/<str:code>/poster", views.sheet, {"name": views.POSTER}, name="poster"),
]
