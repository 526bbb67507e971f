from studio.front.demo.cast.parts import Runner, Visit

HANNAH = Runner(
    key="hannah",
    name="Hannah Lindqvist",
    came=-1,
    story="Right knee pain for a year, worse after sitting at my desk. I have tried resting. I would like to try not resting.",
    visits=(Visit("first", 6, 10, booked=-1, is_seen=False),),
)
