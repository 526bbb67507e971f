from studio.front.demo.cast.parts import Runner, Visit

BEN = Runner(
    key="ben.whitaker",
    name="Ben Whitaker",
    came=-6,
    story="My knee clicks when I run. Does it matter?",
    visits=(Visit("first", 3, 9, booked=-6, cancelled=-2),),
    refuses_mail_from=-2,
)
