"""The sheet in a real browser: the watch, the metronome, the angle, a lost network, another tab."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from assessments.models import Measurement
from assessments.services import measuring
from assessments.tests.people import begun

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sheet(ana):
    return begun(ana, timezone.now())


@pytest.fixture
def desk(page, live_server, sheet):
    """The sheet of ana's open assessment, opened by her coach. What a script throws fails the test."""
    problems = []
    page.on("pageerror", lambda problem: problems.append(str(problem)))
    browser = Browser()
    browser.force_login(sheet.client.coach.user)
    page.context.add_cookies(
        [{"name": "sessionid", "value": browser.cookies["sessionid"].value, "url": live_server.url}]
    )
    page.goto(live_server.url + reverse("assessments:screen", kwargs={"pk": sheet.client_id, "assessment": sheet.pk}))
    yield page
    assert problems == []


def stored(test: str, side: str) -> object:
    row = Measurement.objects.filter(test=test, side=side).first()
    return row.value if row else None


def saved(page) -> None:
    page.locator("#save-state", has_text="All saved").wait_for()


def kept(page) -> list[str]:
    """What waits on the device, by key."""
    return page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('sheet-'))")


T0 = datetime(2026, 11, 18, 10, 0, tzinfo=UTC)


def at_second(page, seconds: float) -> None:
    """Set the page's clock, which stands still: between two looks nothing ran, as on a locked screen."""
    page.clock.set_fixed_time(T0 + timedelta(seconds=seconds))


@pytest.fixture
def clocked(desk):
    at_second(desk, 0)
    desk.reload()
    return desk


def tool(page, key: str):
    return page.locator(f"[data-key={key}]")


def test_the_watch_goes_on_through_a_reload_and_puts_the_seconds_into_the_field(clocked):
    tool(clocked, "side_plank-left").locator(".tool-go").click()
    at_second(clocked, 12)
    clocked.locator("#running", has_text="Side plank hold, left: 12 s").wait_for()
    clocked.reload()
    tool(clocked, "side_plank-left").get_by_text("Stop").wait_for()
    at_second(clocked, 32.9)
    tool(clocked, "side_plank-left").locator(".tool-go").click()
    assert clocked.locator("#f-side_plank-left").input_value() == "32"
    saved(clocked)
    assert stored("side_plank", "left") == 32
    assert not clocked.locator("#running").is_visible()


def test_a_false_start_of_the_watch_keeps_nothing(clocked):
    tool(clocked, "side_plank-left").locator(".tool-go").click()
    at_second(clocked, 3)
    tool(clocked, "side_plank-left").get_by_role("button", name="Stop and keep nothing").click()
    clocked.reload()
    tool(clocked, "side_plank-left").get_by_text("Start").wait_for()
    assert clocked.locator("#f-side_plank-left").input_value() == ""


def test_the_watch_ends_with_the_last_second_of_the_protocol(clocked):
    tool(clocked, "side_plank-right").locator(".tool-go").click()
    at_second(clocked, 400)
    tool(clocked, "side_plank-right").locator("output", has_text="last second").wait_for()
    assert clocked.locator("#f-side_plank-right").input_value() == "180"
    saved(clocked)


def test_the_metronome_counts_the_raises(clocked):
    beat = tool(clocked, "single_leg_heel_raise-left")
    beat.locator(".tool-go").click()
    at_second(clocked, 1.5)
    beat.locator("output", has_text="Ready in 3").wait_for()
    at_second(clocked, 4.2)
    beat.locator("output", has_text="Up, 0 done").wait_for()
    at_second(clocked, 5.2)
    beat.locator("output", has_text="Down, 0 done").wait_for()
    at_second(clocked, 4 + 2 * 7 + 0.9)  # four beats to get ready, then one up and one down a raise
    beat.locator("output", has_text="Up, 7 done").wait_for()
    beat.locator(".tool-go").click()
    assert clocked.locator("#f-single_leg_heel_raise-left").input_value() == "7"
    saved(clocked)


FAKE_SOUND = """
  window.starts = [];
  window.AudioContext = class {
    state = "running";
    destination = {};
    get currentTime() { return Date.now() / 1000 - 1e9; }
    resume() {}
    createGain() { return { gain: { setValueAtTime() {}, exponentialRampToValueAtTime() {} }, connect: (next) => next }; }
    createOscillator() {
      return { frequency: {}, connect: (next) => next, start: (at) => window.starts.push(at), stop() {} };
    }
  };
"""


def test_the_beats_are_a_second_apart_however_late_the_page_looks(desk):
    desk.add_init_script(FAKE_SOUND)
    at_second(desk, 0)
    desk.reload()
    tool(desk, "single_leg_heel_raise-left").locator(".tool-go").click()
    for look in (0, 0.31, 1.47, 1.49, 2.93, 4.02, 5.55):
        at_second(desk, look)
        desk.wait_for_timeout(120)
    beats = [round(at + 1e9 - T0.timestamp(), 3) for at in desk.evaluate("starts")]
    assert beats == [0, 1, 2, 3, 4, 5, 6, 7]


def test_what_the_network_refuses_waits_on_the_device_also_through_a_reload(desk, sheet):
    desk.route("**/measure/*/*/", lambda route: route.abort())
    desk.locator("#f-wblt_distance-left").fill("9.5")
    desk.keyboard.press("Tab")
    desk.locator("#save-state", has_text="1 value waits for the network").wait_for()
    desk.reload()
    assert desk.locator("#f-wblt_distance-left").input_value() == "9.5"
    assert stored("wblt_distance", "left") is None
    desk.unroute("**/measure/*/*/")
    desk.evaluate("dispatchEvent(new Event('online'))")
    saved(desk)
    assert stored("wblt_distance", "left") == 9.5
    assert kept(desk) == []


def test_a_value_that_cannot_be_read_is_still_there_after_a_reload(desk):
    desk.locator("#f-wblt_distance-left").fill("41")
    desk.keyboard.press("Tab")
    desk.locator("#out-wblt_distance-left", has_text="Over 25 cm").wait_for()
    desk.reload()
    desk.locator("#out-wblt_distance-left", has_text="Over 25 cm").wait_for()
    assert desk.locator("#f-wblt_distance-left").input_value() == "41"


def test_who_is_signed_out_meanwhile_loses_nothing(desk, sheet, live_server):
    desk.context.clear_cookies()
    desk.locator("#f-wblt_distance-left").fill("9.5")
    desk.keyboard.press("Tab")
    desk.locator("#save-state", has_text="You are signed out").wait_for()
    browser = Browser()
    browser.force_login(sheet.client.coach.user)
    cookie = {"name": "sessionid", "value": browser.cookies["sessionid"].value, "url": live_server.url}
    desk.context.add_cookies([cookie])
    desk.reload()
    saved(desk)
    assert stored("wblt_distance", "left") == 9.5


def test_what_came_too_late_is_named(desk, sheet):
    measuring.save_value(assessment=sheet, test="wblt_distance", side="left", value=9.0, now=timezone.now())
    measuring.finish_assessment(assessment=sheet, now=timezone.now())
    desk.locator("#f-wblt_distance-right").fill("6.5")
    desk.keyboard.press("Tab")
    told = desk.locator("#gone", has_text="finished or discarded already")
    told.wait_for()
    assert "toe-to-wall distance, right: 6.5" in told.inner_text()
    assert stored("wblt_distance", "right") is None


def test_a_save_whose_answer_was_lost_is_no_conflict_with_oneself(desk):
    asked = []

    def lose(route):
        asked.append(route.fetch())  # it arrives and is stored
        route.abort()

    desk.route("**/measure/*/*/", lose)
    desk.locator("#f-wblt_distance-left").fill("9,50")
    desk.keyboard.press("Tab")
    desk.locator("#saved-wblt_distance-left", has_text="not saved: will retry").wait_for()
    assert stored("wblt_distance", "left") == 9.5
    desk.locator("#f-wblt_distance-left").fill("10")
    desk.unroute("**/measure/*/*/")
    desk.keyboard.press("Tab")
    saved(desk)
    assert stored("wblt_distance", "left") == 10


def test_two_tabs_keep_each_others_values_on_the_device(desk):
    other = desk.context.new_page()
    other.goto(desk.url)
    for page, test, value in ((desk, "wblt_distance", "9.5"), (other, "side_plank", "40")):
        page.route("**/measure/*/*/", lambda route: route.abort())
        page.locator(f"#f-{test}-left").fill(value)
        page.keyboard.press("Tab")
        page.locator(f"#saved-{test}-left", has_text="will retry").wait_for()
    assert len(kept(desk)) == 2
    other.close()
    desk.unroute("**/measure/*/*/")
    desk.reload()
    saved(desk)
    assert (stored("wblt_distance", "left"), stored("side_plank", "left"), kept(desk)) == (9.5, 40, [])


def test_finishing_without_a_network_waits_for_it(desk, sheet):
    desk.locator("#f-wblt_distance-left").fill("9.5")
    desk.context.set_offline(True)
    desk.get_by_role("button", name="Finish").first.click()
    desk.locator("#save-state", has_text="Then finish once more").wait_for()
    desk.context.set_offline(False)
    saved(desk)
    desk.get_by_role("button", name="Finish").first.click()
    desk.wait_for_url("**/assessments/*/")
    sheet.refresh_from_db()
    assert sheet.request["measurements"] == {"wblt_distance": {"left": 9.5}}


def test_a_conflict_is_not_settled_by_finishing(desk, sheet, omar):
    now = timezone.now()
    measuring.save_value(assessment=sheet, test="wblt_distance", side="left", value=6.5, now=now, by=omar.user)
    desk.locator("#f-wblt_distance-left").fill("7")
    desk.keyboard.press("Tab")
    desk.locator("#out-wblt_distance-left", has_text="Omar changed this").wait_for()
    desk.get_by_role("button", name="Finish").first.click()
    desk.get_by_text("Nothing was overwritten").wait_for()
    assert stored("wblt_distance", "left") == 6.5


def test_what_somebody_else_answered_beside_is_shown_before_it_can_be_changed(desk, sheet, omar):
    now = timezone.now()
    measuring.save_pain(assessment=sheet, test="wblt_distance", side="left", pain=4, now=now, by=omar.user)
    desk.locator("#f-wblt_distance-left").fill("7")
    desk.keyboard.press("Tab")
    saved(desk)
    assert desk.locator("[name=wblt_distance-left-pain]:checked").get_attribute("value") == "4"


def test_another_coach_is_not_overwritten_and_the_press_decides(desk, sheet, omar):
    for side, press, ends in (("left", "Use 7 cm", 7), ("right", "Keep 6.5 cm", 6.5)):
        measuring.save_value(
            assessment=sheet, test="wblt_distance", side=side, value=6.5, now=timezone.now(), by=omar.user
        )
        field = desk.locator(f"#f-wblt_distance-{side}")
        field.fill("7")
        desk.keyboard.press("Tab")
        told = desk.locator(f"#out-wblt_distance-{side}", has_text="Omar changed this")
        told.wait_for()
        assert stored("wblt_distance", side) == 6.5
        told.get_by_role("button", name=press).click()
        if ends == 7:
            saved(desk)
        assert (stored("wblt_distance", side), field.input_value()) == (ends, f"{ends:g}")


def test_arrow_keys_step_and_the_value_is_saved_when_the_field_is_left(desk):
    desk.locator("#f-wblt_distance-left").fill("9")
    for _ in range(3):
        desk.keyboard.press("ArrowUp")
    assert desk.locator("#f-wblt_distance-left").input_value() == "10.5"
    desk.keyboard.press("Tab")
    saved(desk)
    assert stored("wblt_distance", "left") == 10.5


def test_enter_goes_on_to_the_next_field(desk):
    desk.locator("#f-wblt_distance-left").fill("9")
    desk.keyboard.press("Enter")
    saved(desk)
    assert desk.evaluate("document.activeElement.id") == "f-wblt_distance-right"
    assert stored("wblt_distance", "left") == 9


def test_pain_above_five_says_stop_and_is_taken_back_by_a_second_press(desk):
    desk.locator("#row-side_plank .measure-pains summary").click()
    seven = desk.locator("label:has([name=side_plank-left-pain][value='7'])")
    assert desk.locator("#row-side_plank :checked").count() == 0
    seven.click()
    desk.locator("#out-side_plank-left-pain", has_text="Stop this test").wait_for()
    desk.locator("#out-side_plank-left", has_text="Pain-limited").wait_for()
    seven.click()
    desk.locator("#out-side_plank-left", has_text="Not measured").wait_for()


PRESS = """([selector, kinds]) => {
  const button = document.querySelector(selector);
  kinds.forEach((kind) => button.dispatchEvent(new PointerEvent(kind, {bubbles: true, button: 0})));
}"""
MORE = "[data-add='1'][data-for=f-wblt_distance-left]"


def test_a_step_is_one_press_and_a_scroll_that_begins_on_it_is_none(desk):
    field = desk.locator("#f-wblt_distance-left")
    field.fill("9")
    desk.evaluate(PRESS, [MORE, ["pointerdown", "pointerup"]])
    assert field.input_value() == "9.5"
    desk.evaluate(PRESS, [MORE, ["pointerdown", "pointercancel"]])
    assert field.input_value() == "9.5"
    saved(desk)
    assert stored("wblt_distance", "left") == 9.5


def test_a_held_step_goes_on_and_is_saved_once_it_is_let_go(desk):
    field = desk.locator("#f-wblt_distance-left")
    field.fill("9")
    desk.evaluate(PRESS, [MORE, ["pointerdown"]])
    desk.wait_for_timeout(900)
    desk.evaluate(PRESS, [MORE, ["pointerup"]])
    value = float(field.input_value())
    assert value >= 10
    saved(desk)
    assert stored("wblt_distance", "left") == value


@pytest.mark.parametrize(
    "text, add, becomes",
    [
        ("9", 1, "9.5"),
        ("9,5", -1, "9"),
        ("9.3", 1, "10"),  # onto the grid of the field
        ("", 1, "1"),  # where the usual values begin
        ("25", 1, "25"),
        ("0", -1, "0"),
        ("about nine", 1, "about nine"),
    ],
)
def test_a_step_is_the_fields_own_and_stays_inside(desk, text, add, becomes):
    assert becomes == desk.evaluate(
        """async ([text, add]) => {
          const { stepped } = await import(new URL("steps.js", document.querySelector('script[src*="js/sheet"]').src).href);
          return stepped(text, add, document.getElementById("f-wblt_distance-left").dataset);
        }""",
        [text, add],
    )


@pytest.fixture
def browser_context_args(browser_context_args):
    return browser_context_args | {"has_touch": True}


def test_the_phones_angle_is_zeroed_taken_and_saved(desk):
    tool = desk.locator("#row-prone_knee_flexion [data-tool=tilt]").first
    tool.locator(".tool-go").click()

    def turned(beta: float, gamma: float) -> None:
        desk.evaluate(
            "([beta, gamma]) => dispatchEvent(new DeviceOrientationEvent('deviceorientation', {alpha: 0, beta, gamma}))",
            [beta, gamma],
        )

    while "Hold still" not in tool.locator("output").inner_text():  # the browser says first whether it may listen
        turned(0, 0)
    tool.locator("[data-zero]").click()
    turned(125, 0)
    assert tool.locator("output").inner_text() == "125°"
    tool.locator("[data-hold]").click()
    turned(20, 0)  # on the way back to the hand
    assert tool.locator("output").inner_text() == "125°"
    tool.locator("[data-take]").click()
    saved(desk)
    assert stored("prone_knee_flexion", "left") == 125


@pytest.mark.parametrize(
    "kind, zero, now, reads",
    [
        ("turn", (0, 0), (90, 0), 90),
        ("turn", (0, 0), (0, -40), 40),
        ("turn", (10, 0), (170, 0), 160),
        ("turn", (45, 0), (45, 0), 0),
        ("tilt", (0, 0), (-12, 0), -12),
        ("tilt", (5, 0), (20, 0), 15),
        ("tilt", (0, 0), (0, 60), 0),
    ],
)
def test_an_angle_is_that_of_gravity_in_the_phone(desk, kind, zero, now, reads):
    assert reads == desk.evaluate(
        """async ([kind, zero, now]) => {
          const tools = document.querySelector('script[src*="tools"]').src;
          const source = await (await fetch(tools)).text();
          const angles = new URL(source.match(/from "([^"]+angles[^"]*)"/)[1], tools).href;
          const { down, reading } = await import(angles);
          return reading(kind, down(...zero), down(...now));
        }""",
        [kind, list(zero), list(now)],
    )
