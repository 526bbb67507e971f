"""What a person can mend: said in one line, with the remedy, and never as a traceback."""


class ServiceError(RuntimeError):
    """The message is the whole story for the person at the terminal."""
