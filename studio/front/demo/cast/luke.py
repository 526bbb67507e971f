from studio.front.demo.cast.parts import Runner, Visit

LUKE = Runner(
    key="luke",
    name="Luke Brennan",
    came=-6,
    story="Both knees, after the winter indoors. I would like a plan that survives a newborn.",
    visits=(Visit("first", -3, 10, booked=-6),),
    invited=-2,
    is_in=False,
)
