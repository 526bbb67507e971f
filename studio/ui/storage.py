"""Static files: small source files in static/, few compressed ones over the wire, no build tool.

A stylesheet that only imports others (`css/studio.css`) and a script that only imports others (`js/studio.js`) are
joined with what they import; every name carries a hash; each text file gets a `.gz` beside it, which WhiteNoise sends.
During tests and development nothing is joined: the browser follows the imports.
"""

import gzip
import posixpath
import re
from collections.abc import Callable, Iterator

from django.contrib.staticfiles.storage import ManifestStaticFilesStorage
from django.core.files.base import ContentFile
from django.core.files.storage import InMemoryStorage

CSS_IMPORT = re.compile(r'^@import url\("(?P<url>[^":]+)"\)(?: layer\((?P<layer>[\w-]+)\))?;\n', re.M)
JS_IMPORT = re.compile(r'^import "(?P<url>\./[^"]+)";\n', re.M)
COMMENT = re.compile(r"/\*(?!!).*?\*/\n?", re.S)  # licences (/*!) stay
TEXT = (".css", ".js", ".svg", ".webmanifest")
SMALLEST_WORTH_PACKING = 512  # bytes


def joined(name: str, read: Callable[[str], str], parts: set[str]) -> str:
    """The stylesheet or script `name` with its imports in place of the import lines.

    Args:
        name: path below static/, with "/".
        read: text of such a path.
        parts: filled with the names of everything that was taken in.
    """

    def part_of(url: str) -> str:
        part = posixpath.normpath(posixpath.join(posixpath.dirname(name), url))
        parts.add(part)
        return joined(part, read, parts)

    def stylesheet(match: re.Match) -> str:
        text = part_of(match["url"])
        return f"@layer {match['layer']} {{\n{text}}}\n" if match["layer"] else text

    def script(match: re.Match) -> str:
        return f"{{\n{part_of(match['url'])}}}\n"  # a block of its own keeps its names to itself

    if name.endswith(".css"):
        text = COMMENT.sub("", read(name)).replace('@charset "UTF-8";', "")  # has no meaning inside a layer
        return CSS_IMPORT.sub(stylesheet, text)
    return JS_IMPORT.sub(script, read(name))


class StudioStaticFilesStorage(ManifestStaticFilesStorage):
    """Hashed names, joined bundles and a `.gz` beside each text file, made by collectstatic."""

    # A script that takes names from another ("import { turn } from './angles.js'", in double quotes) names its hashed file.
    patterns = (
        *ManifestStaticFilesStorage.patterns,
        ("js/*.js", ((r"(?P<matched>from \"(?P<url>\./[\w-]+\.js)\")", 'from "%(url)s"'),)),
    )
    bundles = ("css/studio.css", "css/coach.css", "css/client.css", "css/public.css", "js/studio.js")

    def post_process(self, paths: dict, dry_run: bool = False, **options: object) -> Iterator[tuple]:
        if dry_run:
            return
        whole, parts = InMemoryStorage(), set()

        def read(name: str) -> str:
            storage, path = paths[name]
            with storage.open(path) as file:
                return file.read().decode()

        for name in self.bundles:
            if name in paths:
                whole.save(name, ContentFile(joined(name, read, parts).encode()))
        wanted = {name: source for name, source in paths.items() if name not in parts}
        wanted |= {name: (whole, name) for name in self.bundles if name in paths}
        yield from super().post_process(wanted, dry_run=dry_run, **options)
        for hashed_name in set(self.hashed_files.values()):
            self.pack(hashed_name)

    def pack(self, name: str) -> None:
        """Write `name`.gz; a hashed name never changes its content, so an existing one is right."""
        if not name.endswith(TEXT) or self.exists(f"{name}.gz") or self.size(name) < SMALLEST_WORTH_PACKING:
            return
        with self.open(name) as file:
            self._save(f"{name}.gz", ContentFile(gzip.compress(file.read(), 9, mtime=0)))
