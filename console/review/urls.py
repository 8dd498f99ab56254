"""The addresses of this subject."""

from django.urls import path

from console.review import change_views, measure_views, views

urlpatterns = [
    path("review/", views.queue, name="review"),
    path("review/decide", views.decide, name="review-decide"),
    path("review/hide", views.hide, name="review-hide"),
    path("review/decisions/", views.decisions, name="review-decisions"),
    path("review/decisions/<uuid:decision>/undo", views.undo, name="review-undo"),
    path("review/wanted/", views.wanted, name="review-wanted"),
    path("review/wanted/<int:topic>/done", views.wanted_done, name="review-wanted-done"),
    path("review/changes/", change_views.changes, name="review-changes"),
    path("review/changes/new", change_views.begin, name="review-change-new"),
    path("review/changes/<int:number>/", change_views.change, name="review-change"),
    path("review/changes/<int:number>/lines", change_views.reword, name="review-change-lines"),
    path("review/changes/<int:number>/discard", change_views.discard, name="review-change-discard"),
    path("review/changes/<int:number>/write", change_views.write, name="review-change-write"),
    path("review/changes/<int:number>/patch", change_views.patch, name="review-change-patch"),
    path("review/changes/<int:number>/take-back", change_views.take_back, name="review-change-take-back"),
    path("review/changes/<int:number>/measure", measure_views.measure, name="review-measure"),
    path("review/changes/<int:number>/cancel", measure_views.cancel, name="review-measure-cancel"),
    path("review/changes/<int:number>/run", measure_views.run, name="review-run"),
]
