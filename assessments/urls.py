from django.urls import path

from assessments.views import comparing, findings, intake, measuring, outcomes, referrals, safety, starting

app_name = "assessments"

urlpatterns = [
    path("me/intake/", intake.intake, name="intake"),
    path("me/intake/<slug:page>/", intake.intake_page, name="intake_page"),
    path("me/red-flags/", safety.red_flags, name="red_flags"),
    path("me/flare/", safety.flare, name="flare"),
    path("me/flare/over/", safety.flare_over, name="flare_over"),
    path("me/letter/", referrals.my_letter, name="my_letter"),
    path("me/letter/letter.pdf", referrals.my_letter_pdf, name="my_letter_pdf"),
    path("me/findings/<int:assessment>/", findings.client_findings, name="client_findings"),
    path("me/findings/<int:assessment>/findings.pdf", findings.client_findings_pdf, name="client_findings_pdf"),
    path("me/outcomes/", outcomes.my_outcomes, name="my_outcomes"),
    path("me/outcomes/later/", outcomes.put_off, name="outcomes_put_off"),
    path("me/outcomes/<slug:measure>/", outcomes.my_measure, name="my_measure"),
    path("clients/<int:pk>/outcomes/", outcomes.client_outcomes, name="client_outcomes"),
    path("clients/<int:pk>/outcomes/<slug:measure>/", outcomes.client_measure, name="client_measure"),
    path("clients/<int:pk>/outcomes/<slug:measure>/total/", outcomes.enter_total, name="outcome_total"),
    path("clients/<int:pk>/assessments/", findings.assessment_list, name="list"),
    path("clients/<int:pk>/assessments/intake/", intake.intake_answers, name="intake_answers"),
    path("clients/<int:pk>/assessments/clearance/", safety.clearance, name="clearance"),
    path("clients/<int:pk>/assessments/referral/", referrals.letter, name="referral"),
    path("clients/<int:pk>/assessments/referral/letter.pdf", referrals.letter_pdf, name="referral_pdf"),
    path("clients/<int:pk>/assessments/start/", starting.start, name="start"),
    path("clients/<int:pk>/assessments/<int:assessment>/", findings.findings, name="findings"),
    path("clients/<int:pk>/assessments/<int:assessment>/measure/", measuring.screen, name="screen"),
    path("clients/<int:pk>/assessments/<int:assessment>/measure/note/", measuring.note, name="note"),
    path(
        "clients/<int:pk>/assessments/<int:assessment>/measure/<slug:test>/<slug:side>/", measuring.field, name="field"
    ),
    path("clients/<int:pk>/assessments/<int:assessment>/choose/", starting.choose, name="choose"),
    path("clients/<int:pk>/assessments/<int:assessment>/finish/", measuring.finish, name="finish"),
    path("clients/<int:pk>/assessments/<int:assessment>/discard/", measuring.discard, name="discard"),
    path("clients/<int:pk>/assessments/compare/", comparing.compare_two, name="compare"),
    path("clients/<int:pk>/assessments/<int:assessment>/findings.pdf", findings.findings_pdf, name="findings_pdf"),
    path("clients/<int:pk>/assessments/<int:assessment>/overrule/<slug:area>/", findings.overrule, name="overrule"),
    path(
        "clients/<int:pk>/assessments/<int:assessment>/overrule/<int:overrule>/withdraw/",
        findings.overrule_withdraw,
        name="overrule_withdraw",
    ),
    path("clients/<int:pk>/assessments/<int:assessment>/share/", findings.share, name="share"),
]
