"""Where Bootstrap's one stylesheet that we use is found: in its package, not copied into the repository."""

from importlib.util import find_spec
from pathlib import Path

from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage


class BootstrapFinder(BaseFinder):
    """Finds `vendor/bootstrap.min.css` and nothing else."""

    names = ("vendor/bootstrap.min.css",)

    def __init__(self, app_names: list[str] | None = None, *args: object, **kwargs: object):
        folder = Path(next(iter(find_spec("bootstrap").submodule_search_locations))) / "css"
        self.storage = FileSystemStorage(location=folder)
        self.storage.prefix = "vendor"
        super().__init__(*args, **kwargs)

    def check(self, **kwargs: object) -> list:
        return []

    def find(self, path: str, find_all: bool = False, **kwargs: object) -> str | list[str]:
        if path not in self.names:
            return []
        found = self.storage.path(Path(path).name)
        return [found] if find_all else found

    def list(self, ignore_patterns: object):
        for name in self.names:
            yield Path(name).name, self.storage
