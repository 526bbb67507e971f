"""The demo studio: made-up people with a believable past, built through the same services as a real one.

`cast` holds who they are, as data. `histories` tells, purely, how a session or a morning went. `writing` puts that into
rows; `walking` walks a runner from day to day; `post` gives the letters of the past their final state. `seeding` is the
door: `manage.py seed_demo`.
"""
