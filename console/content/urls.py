"""The addresses of this subject."""

from django.urls import path

from console.content import confirm, contacts, errors, history, topic, topics

urlpatterns = [
    path("content/", topics.listed, name="content"),
    path("content/topics/<slug:name>/", topic.page, name="content-topic"),
    path("content/topics/<slug:name>/reviewed/", confirm.reviewed, name="content-reviewed"),
    path("content/contacts/", contacts.listed, name="content-contacts"),
    path("content/contacts/<slug:name>/confirmed/", confirm.confirmed, name="content-confirmed"),
    path("content/undo/", confirm.undone, name="content-undo"),
    path("content/errors/", errors.listed, name="content-errors"),
    path("content/history/", history.listed, name="content-history"),
    path("content/history/<slug:commit>/", history.change, name="content-change"),
]
