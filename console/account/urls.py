"""The addresses of this subject."""

from django.urls import path

from console.account import views

urlpatterns = [
    path("account/", views.account, name="account"),
    path("account/password", views.password, name="account_password"),
    path("account/sessions/end", views.end_others, name="my_sessions_end"),
    path("account/sessions/<uuid:session>/end", views.end_session, name="my_session_end"),
]
