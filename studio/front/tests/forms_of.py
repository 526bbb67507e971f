"""The forms of a page as a browser would send them, read from its HTML."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin

NO_VALUE = ("submit", "button", "image", "reset")


@dataclass
class Form:
    action: str
    method: str
    fields: dict[str, list[str]] = field(default_factory=dict)


class _Reader(HTMLParser):
    def __init__(self, address: str):
        super().__init__()
        self.address, self.forms, self.select, self.text = address, [], None, None

    def handle_starttag(self, tag, pairs):
        given = dict(pairs)
        if tag == "form":
            self.forms.append(Form(self._full(given.get("action") or ""), (given.get("method") or "get").lower()))
        if not self.forms:
            return
        name, value = given.get("name"), given.get("value") or ""
        if tag == "option" and self.select and ("selected" in given or not self._now(self.select)):
            self._fill(self.select, value)
        elif tag == "select":
            self.select = name
        elif tag == "textarea":
            self.text = name
            self._fill(name, "")
        elif tag == "button" and given.get("formaction"):
            self.forms.insert(-1, Form(self._full(given["formaction"]), self.forms[-1].method, self.forms[-1].fields))
        elif tag == "button" and name:
            self._fill(name, self._now(name) or value)
        elif tag == "input" and name and given.get("type") not in NO_VALUE:
            is_choice = given.get("type") in ("radio", "checkbox")
            if not is_choice or "checked" in given or not self._now(name):
                self._fill(name, value if not is_choice or value else "on")

    def handle_endtag(self, tag):
        if tag == "select":
            self.select = None
        if tag == "textarea":
            self.text = None

    def handle_data(self, data):
        if self.text:
            self._fill(self.text, data.strip("\r\n"))

    def _full(self, action):
        return urldefrag(urljoin(self.address, action)).url

    def _now(self, name):
        return next(iter(self.forms[-1].fields.get(name, [])), "")

    def _fill(self, name, value):
        if name and name != "csrfmiddlewaretoken":
            self.forms[-1].fields[name] = [value]


def forms_of(html: str, address: str) -> list[Form]:
    """Every form of a page, each field with what stands in it, or with the first thing there is to choose."""
    reader = _Reader(address)
    reader.feed(html)
    return reader.forms
