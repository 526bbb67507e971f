// The sheet of an assessment: each field is saved as it is left, and what cannot be sent is kept on this device until it can.
// Without script the form's own Save does the same.
const form = document.querySelector("form[data-sheet]");
const state = document.getElementById("save-state");
const KEY = `sheet-${form.dataset.sheet}`;
const RETRY_FIRST_S = 1, RETRY_MOST_S = 30;

// name -> {url, part, typed, was: [what the writer knew to stand there], held}; in the order of typing. Held: it was sent and
// could not be taken (not a number, changed by somebody else); it stays here until it is put right, also through a reload.
const waiting = new Map(Object.entries(JSON.parse(localStorage.getItem(KEY) || "{}")));
let sending = null, wait = RETRY_FIRST_S, timer = 0, blocked = "";

const keep = () => {
  if (waiting.size) localStorage.setItem(KEY, JSON.stringify(Object.fromEntries(waiting)));
  else localStorage.removeItem(KEY);
};

function tell(text, kind = "") {
  state.textContent = text;
  state.dataset.kind = kind;
}

const unsent = () => [...waiting].filter(([, entry]) => !entry.held);
const count = () => `${unsent().length} ${unsent().length === 1 ? "value waits" : "values wait"}`;
const fields = (name) => [...form.elements].filter((field) => field.name === name);
const wasOf = (name) => document.getElementById(`was-${name}`);

function valueOf(name) {
  const [first, ...more] = fields(name);
  return first.type === "radio" ? [first, ...more].find((field) => field.checked)?.value ?? "" : first.value;
}

function put(name, value) {
  for (const field of fields(name)) {
    if (field.type === "radio") field.checked = field.value === value;
    else if (field.type !== "hidden") field.value = value;
  }
}

function queue(name, typed, was) {
  const place = fields(name)[0].closest("[data-url]");
  const before = waiting.get(name), known = before && !before.held ? before.was : [];
  waiting.set(name, { url: place.dataset.url, part: place.dataset.part || "value", typed, was: [...new Set([...known, was])] });
  keep();
  send();
}

async function send() {
  if (sending || blocked || !unsent().length) return;
  clearTimeout(timer);
  const [name, entry] = unsent()[0];
  sending = name;
  tell("Saving…");
  const body = new URLSearchParams({ [name]: entry.typed, part: entry.part });
  entry.was.forEach((was) => body.append(`${name}-was`, was));
  try {
    const answer = await fetch(entry.url, {
      method: "POST", body, redirect: "manual", credentials: "same-origin",
      headers: { "X-CSRFToken": form.elements.csrfmiddlewaretoken.value, "HX-Request": "true" },
    });
    if (answer.type === "opaqueredirect") return closed();
    if (answer.status === 403) return stop("You are signed out or the page is too old. Your values are kept here: sign in in another tab, then reload.");
    if (answer.status === 404) return stop("This sheet is not there any more. Your values are kept on this device.");
    if (answer.status >= 500) throw new Error(String(answer.status));
    done(name, entry, answer.status, await answer.text());
  } catch {
    sending = null;
    tell(`${count()} for the network; kept on this device.`, "waits");
    timer = setTimeout(send, 1000 * wait);
    wait = Math.min(RETRY_MOST_S, 2 * wait);
    return;
  }
  sending = null;
  wait = RETRY_FIRST_S;
  send();
}

function done(name, entry, status, html) {
  const newer = waiting.get(name) !== entry;  // typed on while this was under way
  show(html);
  const field = fields(name).find((one) => one.classList.contains("form-control"));
  if (newer) {
    if (status === 200) waiting.get(name).was.push(wasOf(name).value);
  } else {
    if (status === 200) waiting.delete(name);
    else entry.held = true;
    field?.classList.toggle("is-invalid", status === 422);
    if (status === 422) field?.setAttribute("aria-invalid", "true");
    else field?.removeAttribute("aria-invalid");
  }
  keep();
  if (unsent().length) return;
  if (status === 200) tell(`Saved ${new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" })}`, "saved");
  else tell(status === 409 ? "One field was changed meanwhile: look at it." : "One field cannot be read yet.", "look");
}

function stop(words) {
  sending = null;
  blocked = words;
  tell(words, "waits");
}

function closed() {  // finished or thrown away elsewhere, or the test is planned no more: the page says which
  sending = null;
  waiting.clear();
  keep();
  location.reload();
}

// Put the answer's pieces in the place of those with the same ids.
function show(html) {
  const pieces = document.createElement("template");
  pieces.innerHTML = html;
  for (const piece of [...pieces.content.children]) {
    const old = piece.id && document.getElementById(piece.id);
    if (old) old.replaceWith(piece);
  }
}

form.addEventListener("change", (event) => {
  const { name } = event.target;
  if (!name || name.endsWith("-was") || name === "keep" || !event.target.closest("[data-url]")) return;
  queue(name, valueOf(name), wasOf(name).value);
  offerPain(event.target);
});

// A value was typed: offer the pain of the same test. An answer is never needed.
function offerPain(field) {
  const pains = field.closest(".measure")?.querySelector(".measure-pains");
  if (!pains || field.closest(".measure-pains") || !field.value || pains.dataset.offered) return;
  pains.dataset.offered = "1";
  pains.open = true;
}

form.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  const { use, keep: stays, force, name } = button.dataset;
  if (use !== undefined) {  // "Use 6.5": put the value that was meant into its field
    const field = document.getElementById(button.dataset.for);
    field.value = use;
    field.dispatchEvent(new Event("change", { bubbles: true }));
    field.focus();
  } else if (stays !== undefined) {
    put(name, stays);
    waiting.delete(name);
    keep();
    resolve(button, name);
  } else if (force !== undefined) {
    put(name, force);
    queue(name, force, wasOf(name).value);
    resolve(button, name);
  }
});

function resolve(button, name) {
  button.closest(".conflict").remove();
  fields(name).find((field) => field.type !== "hidden" && (field.type !== "radio" || field.checked))?.focus();
}

// --- steppers: one step a press, more while it is held ------------------------------------------------------------------

const HOLD_MS = 400, REPEAT_MS = 90;
let holding = 0;

function step(field, add) {
  const size = Number(field.dataset.step), now = Number(field.value.replace(",", "."));
  const begins = field.value.trim() === "" || Number.isNaN(now);
  const value = begins ? Number(field.dataset.start || 0) : now + add * size;
  field.value = String(Number(value.toFixed(4)));
}

form.addEventListener("pointerdown", (event) => {
  const button = event.target.closest("[data-add]");
  if (!button || event.button) return;
  const field = document.getElementById(button.dataset.for), add = Number(button.dataset.add);
  step(field, add);
  const again = () => { step(field, add); holding = setTimeout(again, REPEAT_MS); };
  holding = setTimeout(again, HOLD_MS);
  const end = () => {
    clearTimeout(holding);
    ["pointerup", "pointercancel", "pointerleave"].forEach((kind) => button.removeEventListener(kind, end));
    field.dispatchEvent(new Event("change", { bubbles: true }));
  };
  ["pointerup", "pointercancel", "pointerleave"].forEach((kind) => button.addEventListener(kind, end));
});
// By keyboard: up and down in the field itself, saved as it is left.
form.addEventListener("keydown", (event) => {
  const add = { ArrowUp: 1, ArrowDown: -1 }[event.key];
  if (!add || event.target.dataset.step === undefined) return;
  event.preventDefault();
  step(event.target, add);
  event.target.dataset.stepped = "1";
});
form.addEventListener("focusout", (event) => {
  if (!event.target.dataset?.stepped) return;
  delete event.target.dataset.stepped;
  event.target.dispatchEvent(new Event("change", { bubbles: true }));
});

// --- coming back -----------------------------------------------------------------------------------------------------------

for (const [name, entry] of [...waiting]) {
  if (!fields(name).length) waiting.delete(name);
  else {
    put(name, entry.typed);
    delete entry.held;
  }
}
keep();
form.addEventListener("submit", () => { waiting.clear(); keep(); });  // the whole form carries them
addEventListener("online", () => { wait = RETRY_FIRST_S; send(); });
addEventListener("offline", () => { if (unsent().length) tell(`${count()} for the network; kept on this device.`, "waits"); });
document.addEventListener("visibilitychange", () => { if (!document.hidden) send(); });
if (waiting.size) send();
