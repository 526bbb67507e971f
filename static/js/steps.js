// Minus and plus beside a field, and the arrow keys in it: one step a press, more while it is held. A thumb that begins to
// scroll on a button changes nothing. The step, the ends and where an empty field begins are the field's own data.
const HOLD_MS = 400, REPEAT_MS = 110, FAST_MS = 35, FAST_AFTER = 12;

export function stepped(text, add, { step, start, min, max }) {
  const size = Number(step), typed = text.trim().replace(",", ".");
  if (typed !== "" && Number.isNaN(Number(typed))) return text; // words stay as they were typed
  const value = typed === "" ? Number(start || 0) : Math.round((Number(typed) + add * size) / size) * size;
  const inside = Math.min(Number(max ?? Infinity), Math.max(Number(min ?? -Infinity), value));
  return String(Number(inside.toFixed(6)));
}

export function prepareSteps(form) {
  const changed = (field) => field.dispatchEvent(new Event("change", { bubbles: true }));
  const move = (field, add) => { field.value = stepped(field.value, add, field.dataset); };
  const fieldOf = (button) => document.getElementById(button.dataset.for);

  form.addEventListener("pointerdown", (event) => {
    const button = event.target.closest("[data-add]");
    if (!button || event.button) return;
    const field = fieldOf(button), add = Number(button.dataset.add), before = field.value;
    let repeats = 0, timer = 0;
    const again = () => {
      move(field, add);
      repeats += 1;
      timer = setTimeout(again, repeats > FAST_AFTER ? FAST_MS : REPEAT_MS);
    };
    timer = setTimeout(again, HOLD_MS);
    const ends = ["pointerup", "pointercancel", "pointerleave"];
    const end = ({ type }) => {
      clearTimeout(timer);
      ends.forEach((kind) => button.removeEventListener(kind, end));
      if (type === "pointerup" && !repeats) move(field, add);
      if (field.value !== before) changed(field);
    };
    ends.forEach((kind) => button.addEventListener(kind, end));
  });
  form.addEventListener("click", (event) => { // pressed by something that has no pointer, such as a screen reader
    const button = event.target.closest("[data-add]");
    if (!button || event.detail) return;
    move(fieldOf(button), Number(button.dataset.add));
    changed(fieldOf(button));
  });
  form.addEventListener("contextmenu", (event) => { if (event.target.closest("[data-add]")) event.preventDefault(); });

  form.addEventListener("keydown", (event) => {
    const add = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (!add || event.target.dataset.step === undefined) return;
    event.preventDefault();
    move(event.target, add);
    event.target.dataset.stepped = "1"; // saved as the field is left, as what is typed
  });
  form.addEventListener("focusout", ({ target }) => {
    if (!target.dataset?.stepped) return;
    delete target.dataset.stepped;
    changed(target);
  });
}
