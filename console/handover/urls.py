"""The addresses of this subject."""

from django.urls import path

from console.handover import actions, views

urlpatterns = [
    path("waiting/", views.waiting, name="waiting"),
    path("waiting/count", views.count, name="waiting-count"),
    path("waiting/<uuid:contact>/", views.one, name="waiting-one"),
    path("waiting/<uuid:contact>/take", actions.take, name="waiting-take"),
    path("waiting/<uuid:contact>/take-over", actions.take_over, name="waiting-take-over"),
    path("waiting/<uuid:contact>/write", actions.write, name="waiting-write"),
    path("waiting/<uuid:contact>/answer", views.look_at_answer, name="waiting-answer"),
    path("waiting/<uuid:contact>/answer/send", actions.send_answer, name="waiting-answer-send"),
    path("waiting/<uuid:contact>/pass-on", actions.pass_on, name="waiting-pass-on"),
    path("waiting/<uuid:contact>/give-back", actions.give_back, name="waiting-give-back"),
    path("waiting/<uuid:contact>/dismiss", actions.dismiss, name="waiting-dismiss"),
]
