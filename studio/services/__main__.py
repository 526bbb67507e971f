"""What run.py hands over to once the packages are there: run, test, check, doctor."""

import os
import sys

from studio.services import checking, running
from studio.services.problems import ServiceError


def main(command: str, arguments: list[str]) -> int:
    if command == "run":
        return running.run()
    if command == "test":
        return checking.test(arguments)
    return {"check": checking.check, "doctor": checking.doctor}[command]()


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1], sys.argv[2:]))
    except ServiceError as problem:
        sys.exit(f"run.py: {problem}")
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:  # whoever read our output has gone
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except PermissionError as problem:
        sys.exit(f"run.py: No permission for {problem.filename}: use its owner's account, or another STUDIO_VAR.")
