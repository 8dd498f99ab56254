"""The addresses of this subject."""

from django.urls import path

from console.team import invitation_views, views

urlpatterns = [
    path("invitation/<str:token>", invitation_views.accept, name="invitation"),
    path("team/", views.everybody, name="team"),
    path("team/new", views.add, name="account_new"),
    path("team/<int:account>/", views.one, name="account_of"),
    path("team/<int:account>/roles", views.change_roles, name="account_roles"),
    path("team/<int:account>/close", views.close, name="account_close"),
    path("team/<int:account>/open", views.reopen, name="account_open"),
    path("team/<int:account>/second-factor/reset", views.reset_second_factor, name="account_second_factor_reset"),
    path("team/<int:account>/link", views.invite, name="account_link"),
    path("team/<int:account>/sessions/end", views.end_sessions, name="account_sessions_end"),
    path("team/<int:account>/sessions/<uuid:session>/end", views.end_session, name="account_session_end"),
]
