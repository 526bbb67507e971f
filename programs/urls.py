from django.urls import path

from programs.views import checks, library, links, plan, player, progress

app_name = "programs"

urlpatterns = [
    path("library/", library.exercise_list, name="library"),
    path("library/<slug:exercise_id>/", library.exercise_detail, name="exercise"),
    path("clients/<int:pk>/plan/", plan.plan, name="plan"),
    path("clients/<int:pk>/plan/generate/", plan.generate, name="plan_generate"),
    path("clients/<int:pk>/plan/edit/", plan.edit, name="plan_edit"),
    path("clients/<int:pk>/plan/line/<str:line_id>/", plan.line, name="plan_line"),
    path("clients/<int:pk>/plan/add/<int:week>/<str:session_id>/", plan.add, name="plan_add"),
    path("clients/<int:pk>/plan/undo/", plan.undo, name="plan_undo"),
    path("clients/<int:pk>/plan/discard/", plan.discard, name="plan_discard"),
    path("clients/<int:pk>/plan/conflicts/<int:number>/", plan.conflict_settle, name="plan_conflict"),
    path("clients/<int:pk>/plan/publish/", plan.publish, name="plan_publish"),
    path("clients/<int:pk>/plan/end/", plan.end, name="plan_end"),
    path("clients/<int:pk>/plan/versions/", plan.versions, name="plan_versions"),
    path("clients/<int:pk>/plan/versions/<int:number>/", plan.version, name="plan_version"),
    path("clients/<int:pk>/plan/versions/<int:number>/restore/", plan.restore, name="plan_restore"),
    path("clients/<int:pk>/plan/proposals/<int:proposal>/", plan.proposal_decide, name="proposal_decide"),
    path("clients/<int:pk>/week/", checks.client_week, name="client_week"),
    path("clients/<int:pk>/phase-check/", checks.client_phase_check, name="client_phase_check"),
    path("me/week/", checks.my_week, name="my_week"),
    path("me/phase-check/", checks.my_phase_check, name="my_phase_check"),
    path("me/sessions/<int:pk>/", player.session, name="session"),
    path("me/sessions/<int:pk>/start/", player.start, name="session_start"),
    path("me/sessions/<int:pk>/sets/", player.set_save, name="set_save"),
    path("me/sessions/<int:pk>/sets/undo/", player.set_undo, name="set_undo"),
    path("me/sessions/<int:pk>/rest/", player.rest_save, name="rest_save"),
    path("me/sessions/<int:pk>/line/", player.line_save, name="line_save"),
    path("me/sessions/<int:pk>/skip/", player.line_skip, name="line_skip"),
    path("me/sessions/<int:pk>/stop/", player.stop, name="stop"),
    path("me/sessions/<int:pk>/stopped/", player.stopped, name="stopped"),
    path("me/sessions/<int:pk>/finish/", player.finish, name="finish"),
    path("me/morning/", progress.morning_save, name="morning_save"),
    path("me/progress/", progress.progress, name="progress"),
    path("morning/<str:token>/", links.morning, name="morning"),
    path("note/<str:token>/", links.note_answer, name="note_answer"),
    path("note/<str:token>/off/", links.note_off, name="note_off"),
    path("note/<str:token>/off/now/", links.note_off_one_click, name="note_off_one_click"),
]
