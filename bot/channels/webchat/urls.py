"""The addresses of the web chat."""

from django.urls import path

from bot.channels.webchat import views

app_name = "webchat"
urlpatterns = [
    path("", views.page, name="page"),
    path("chat/messages", views.messages, name="messages"),
    path("chat/say", views.say, name="say"),
    path("chat/language", views.language, name="language"),
    path("chat/delete", views.delete, name="delete"),
    path("chat/words/<str:code>", views.words, name="words"),
]
