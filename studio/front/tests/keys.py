"""A person with a keyboard and no mouse. Where she stands must show itself, and must not be hidden under a bar."""

from playwright.sync_api import Locator, Page, expect

FURTHEST = 400  # presses of Tab to anything on a page

# What is wrong with where the focus is: it carries the colour of the focus (itself, its drawn mark, or the card it
# covers) or an outline, and at least one point of it is on top of everything else in the window.
STANDS = """
window.standsOn = () => {
    const e = document.activeElement;
    if (!e || e === document.body || e === document.documentElement) return null;
    const probe = document.head.appendChild(document.createElement("i"));
    probe.style.color = "var(--focus)";
    const colour = getComputedStyle(probe).color;
    probe.remove();
    const label = e.closest("label") || (e.id && document.querySelector(`label[for="${CSS.escape(e.id)}"]`));
    const mark = e.nextElementSibling;
    const around = [e, mark, label, e.parentElement, e.parentElement?.parentElement].filter(Boolean);
    const rings = around.flatMap(each => [null, "::before", "::after"].map(part => getComputedStyle(each, part)));
    const drawn = rings.some(s => s.boxShadow.includes(colour) || s.borderTopColor === colour);
    const own = getComputedStyle(e);
    const outlined = own.outlineStyle !== "none" && parseFloat(own.outlineWidth) > 0;
    const boxes = [e, label, e.matches("input") ? mark : null].filter(Boolean);
    const seen = boxes.some(box => {
        const r = box.getBoundingClientRect();
        const [left, right] = [Math.max(r.left, 0), Math.min(r.right, innerWidth)];
        const [top, bottom] = [Math.max(r.top, 0), Math.min(r.bottom, innerHeight)];
        if (right - left < 1 || bottom - top < 1) return false;
        return [.1, .5, .9].some(x => [.1, .5, .9].some(y => {
            const at = document.elementFromPoint(left + x * (right - left), top + y * (bottom - top));
            return at && boxes.some(each => each.contains(at) || at.contains(each) && at.closest("label, li, .lib-card"));
        }));
    });
    const problems = [];
    const isPicker = e.type === "date" && !e.matches(":focus"); // the button in a date field is the browser's own
    if (!(drawn || outlined || isPicker)) problems.push("shows no focus");
    if (!seen) problems.push("is out of sight");
    return {what: e.outerHTML.slice(0, 140), problems};
};
"""

# Every stop of a walk with Tab, looked at when the next press comes: by then the window has scrolled to it.
LISTEN = """() => {
    Object.assign(window, {stops: [], visited: new Set(), isThrough: false});
    document.addEventListener("keydown", () => {
        const stop = standsOn();
        const at = document.activeElement;
        if (at === window.lastStop && stop) return; // a date has several places
        window.lastStop = at;
        if (visited.has(at) || !stop && stops.length) window.isThrough = true;
        if (stop && !isThrough) { stops.push(stop); visited.add(at); }
    }, true);
}"""

# What a walk with Tab should have come by: each control that is shown, and one of each group of radio buttons.
LEFT_OUT = """() => {
    const all = [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex='0']")];
    const group = e => e.type === "radio" ? `${e.name} ${[...document.forms].indexOf(e.form)}` : null;
    const groups = new Set([...visited].map(group));
    return all.filter(e => e.checkVisibility({visibilityProperty: true, contentVisibilityAuto: true}))
        .filter(e => !e.disabled && e.type !== "hidden" && e.tabIndex >= 0 && !e.closest("[inert], dialog:not([open])"))
        .filter(e => !(e.matches("summary") && e !== e.parentElement.querySelector(":scope > summary")))
        .filter(e => !visited.has(e) && !(group(e) && groups.has(group(e))))
        .map(e => e.outerHTML.slice(0, 140));
}"""


def walk(page: Page) -> list[str]:
    """Press Tab until the page is through; what was wrong on the way."""
    page.evaluate(STANDS)
    page.evaluate(LISTEN)
    for press in range(FURTHEST):
        page.keyboard.press("Tab")
        if press % 5 == 4 and page.evaluate("isThrough"):
            break
    else:
        return ["Tab never gets through"]
    wrong = [f"{each['what']} {' and '.join(each['problems'])}" for each in page.evaluate("stops") if each["problems"]]
    return wrong + [f"Tab never reaches {each}" for each in page.evaluate(LEFT_OUT)]


class Keys:
    """A page, and the only hands that are laid on it."""

    def __init__(self, page: Page):
        self.page = page
        page.add_init_script(STANDS)

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)

    def to(self, target: Locator, *, back: bool = False) -> None:
        """Tab to a control (or Shift+Tab, `back`), looking at every stop on the way."""
        expect(target).to_be_visible()
        wanted = target.element_handle()
        for _ in range(FURTHEST):
            is_there, stop = self.page.evaluate("wanted => [document.activeElement === wanted, standsOn()]", wanted)
            if stop and stop["problems"]:
                self.look()
            if is_there:
                return
            self.press("Shift+Tab" if back else "Tab")
        raise AssertionError(f"Tab does not reach {target}")

    def look(self) -> None:
        """Where she stands can be seen; a page or a transition that is on its way gets a moment."""
        for patience_ms in (0, 50, 300):
            self.page.wait_for_timeout(patience_ms) if patience_ms else None
            stop = self.page.evaluate("standsOn()")
            if stop is None or not stop["problems"]:
                return
        raise AssertionError(f"{stop['what']} {' and '.join(stop['problems'])}")

    def follow(self, target: Locator, *, back: bool = False) -> None:
        """Press a control that leads to another page, or back to this one."""
        self.to(target, back=back)
        with self.page.expect_navigation():
            self.press("Enter")

    def type(self, target: Locator, text: str) -> None:
        """Write into a field, over what stands there."""
        self.to(target)
        self.press("Control+A")
        self.page.keyboard.type(text)

    def choose(self, name: str, value: str) -> None:
        """Press one radio button of a group: Tab into the group, the arrows to the answer, Space if it is the first."""
        group = self.page.locator(f"input[type=radio][name='{name}']")
        expect(group.first).to_be_attached()
        for _ in range(FURTHEST):
            if self.page.evaluate("document.activeElement.name") == name:
                break
            self.press("Tab")
            self.look()
        else:
            raise AssertionError(f"Tab does not reach {name}")
        for _ in range(group.count()):
            if self.page.evaluate("document.activeElement.value") == value:
                break
            self.press("ArrowRight")
            self.look()
        if not self.page.evaluate("document.activeElement.checked"):
            self.press("Space")
        expect(self.page.locator(f"input[name='{name}'][value='{value}']")).to_be_checked()

    def open_and_escape(self, opener: Locator, dialog: Locator) -> None:
        """Open a dialog, stay inside it with Tab, leave it with Escape, and stand where one stood before."""
        self.to(opener)
        self.press("Enter")
        expect(dialog).to_be_visible()
        inside = dialog.element_handle()
        for _ in range(12):
            self.press("Tab")
            self.look()
            # Beyond the dialog's last control is the browser itself, never the page behind it.
            assert self.page.evaluate(
                "dialog => document.activeElement === document.body || dialog.contains(document.activeElement)", inside
            )
        self.press("Escape")
        expect(dialog).to_be_hidden()
        expect(opener).to_be_focused()
        self.look()
