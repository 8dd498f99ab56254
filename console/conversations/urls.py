"""The addresses of this subject."""

from django.urls import path

from console.conversations import views

urlpatterns = [
    path("conversations/", views.conversations, name="conversations"),
    path("conversations/search", views.search, name="search_conversations"),
    path("conversations/read-all", views.read_all, name="read_all_conversations"),
    path("conversations/<uuid:contact>/", views.conversation, name="conversation"),
    path("conversations/<uuid:contact>/newer", views.newer, name="newer_messages"),
    path("conversations/<uuid:contact>/messages/<int:message>/unmask", views.unmask, name="unmask"),
    path("conversations/<uuid:contact>/erase", views.erase_asked, name="erase_asked"),
    path("conversations/<uuid:contact>/erase/now", views.erase_now, name="erase_now"),
]
