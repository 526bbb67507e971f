// The sheet of an assessment: each field is saved as it is left, and what cannot be sent is kept on this device until it can.
// Without script the form's own Save does the same.
import { prepareSteps } from "./steps.js";
import { Waiting } from "./waiting.js";

const RETRY_FIRST_S = 1, RETRY_MOST_S = 30, PATIENCE_MS = 15000;
const OK = 200, GONE = 410, CHANGED = 409, WRONG = 422, RELOAD = 205;

const form = document.querySelector("form[data-sheet]");
const bar = document.getElementById("save-state");
const waiting = new Waiting(form.dataset.sheet, storage());
let sending = null, wait = RETRY_FIRST_S, timer = 0, stopped = false, lastSaved = "", whenBack = "";

function storage() {
  try {
    return localStorage;
  } catch {
    return null; // forbidden: values wait in this tab only
  }
}

// --- fields --------------------------------------------------------------------------------------------------------------

const fields = (name) => [...form.elements].filter((field) => field.name === name);
const wasOf = (name) => document.getElementById(`was-${name}`);

function valueOf(name) {
  const [first, ...more] = fields(name);
  return first.type === "radio" ? [first, ...more].find((field) => field.checked)?.value ?? "" : first.value;
}

function put(name, value) {
  for (const field of fields(name)) {
    if (field.type === "radio") field.checked = field.value === value;
    else field.value = value;
  }
}

function focus(name) {
  const all = fields(name);
  (all.find((field) => field.type !== "radio" || field.checked) ?? all[0])?.focus();
}

// What the server writes for a typed number ("7,50" is 7.5 there), so that a save whose answer was lost is known again.
function asStored(typed) {
  const number = Number(typed.trim().replace(",", ".").replace("−", "-"));
  return typed.trim() === "" || Number.isNaN(number) ? typed.trim() : String(number);
}

const titleOf = (name) => {
  const row = fields(name)[0]?.closest(".measure");
  const side = fields(name)[0]?.closest("[data-side]")?.dataset.side;
  const words = row ? row.querySelector(".measure-name b").textContent : "Note";
  return `${words}${side && side !== "both" ? `, ${side}` : ""}${name.endsWith("-pain") ? ", pain" : ""}`;
};

// --- what is said --------------------------------------------------------------------------------------------------------

function tell(text, kind = "") {
  bar.textContent = text;
  bar.dataset.kind = kind;
}

function tellField(name, text, kind = "") {
  const place = document.getElementById(`saved-${name}`);
  if (!place) return;
  place.textContent = text;
  place.dataset.kind = kind;
}

function tellAll() {
  const many = waiting.unsent().length, held = waiting.held().length;
  if (stopped) return;
  if (wait > RETRY_FIRST_S || !navigator.onLine) {
    if (many) tell(`${many} ${many === 1 ? "value waits" : "values wait"} for the network, kept on this device.${whenBack}`, "waits");
  } else if (many) tell("Saving…");
  else if (held) tell(`${held} ${held === 1 ? "field needs" : "fields need"} a look.`, "look");
  else if (lastSaved) tell(`All saved ${lastSaved}`, "saved");
}

// --- saving --------------------------------------------------------------------------------------------------------------

function queue(name, typed, was) {
  const place = fields(name)[0].closest("[data-url]"), before = waiting.get(name);
  const known = before ? [...before.was, ...before.tried] : [];
  waiting.set(name, {
    url: place.dataset.url, part: place.dataset.part || "value", typed, at: Date.now(), held: false,
    was: [...new Set([...known, was])], tried: [],
  });
  tellField(name, "saving…");
  send();
}

async function send() {
  const next = waiting.unsent()[0];
  if (sending || stopped || !next) return tellAll();
  clearTimeout(timer);
  const [name, entry] = next;
  sending = name;
  tellAll();
  const body = new URLSearchParams({ [name]: entry.typed, part: entry.part });
  entry.was.forEach((was) => body.append(`${name}-was`, was));
  entry.tried = [name === "note" ? entry.typed : asStored(entry.typed)];
  waiting.keep(name);
  let answer, text;
  try {
    answer = await fetch(entry.url, {
      method: "POST", body, redirect: "manual", credentials: "same-origin", signal: AbortSignal.timeout?.(PATIENCE_MS),
      headers: { "X-CSRFToken": form.elements.csrfmiddlewaretoken.value, "HX-Request": "true" },
    });
    text = answer.type === "opaqueredirect" ? "" : await answer.text();
    if (answer.status >= 500 || answer.status === 429) throw new TypeError(`answered ${answer.status}`);
  } catch {
    return later();
  }
  sending = null;
  wait = RETRY_FIRST_S;
  if (answer.type === "opaqueredirect" || answer.status === 403) {
    return stop("You are signed out. Your values are kept on this device: sign in in another tab, then reload this page.");
  }
  if (answer.status === GONE) return gone(text);
  if (answer.status === RELOAD) {
    waiting.delete(name);
    return location.reload();
  }
  const pieces = piecesOf(text);
  if (!pieces.has(`out-${name}`)) return stop("This cannot be saved now. Your values are kept on this device: reload this page.");
  taken(name, entry, answer.status, pieces);
  return send();
}

function later() {
  sending = null;
  timer = setTimeout(send, 1000 * wait);
  wait = Math.min(RETRY_MOST_S, 2 * wait);
  waiting.unsent().forEach(([name]) => tellField(name, "not saved: will retry", "waits"));
  tellAll();
}

function taken(name, entry, status, pieces) {
  const isNewest = waiting.get(name) === entry; // else typed on while this was under way
  if (status === OK) lastSaved = pieces.get(`saved-${name}`)?.dataset.at ?? lastSaved;
  show(pieces, name, status, isNewest);
  if (isNewest && status === OK) waiting.delete(name);
  else if (isNewest) {
    entry.held = true;
    waiting.keep(name);
    tellField(name, status === CHANGED ? "not saved: changed meanwhile" : "not saved: look at it", "look");
  } else tellField(name, "saving…");
  if (!isNewest) return;
  const field = fields(name).find((one) => one.classList.contains("form-control"));
  field?.classList.toggle("is-invalid", status === WRONG);
  if (status === WRONG) field?.setAttribute("aria-invalid", "true");
  else field?.removeAttribute("aria-invalid");
}

function stop(words) {
  sending = null;
  stopped = true;
  waiting.unsent().forEach(([name]) => tellField(name, "not saved, kept here", "waits"));
  tell(words, "waits");
}

// Finished or thrown away elsewhere: what cannot be kept any more is named, and left to be read.
function gone(words) {
  const lost = [...waiting.entries].map(([name, entry]) => `${titleOf(name)}: ${entry.typed || "empty"}`);
  waiting.clear();
  stopped = true;
  const note = document.getElementById("gone");
  note.querySelector("[data-words]").textContent = `${words} Typed here and not kept: ${lost.join("; ")}.`;
  note.hidden = false;
  note.scrollIntoView({ block: "center" });
  tell("Not saved any more.", "waits");
}

// --- the answer ------------------------------------------------------------------------------------------------------------

function piecesOf(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return new Map([...template.content.children].filter((piece) => piece.id).map((piece) => [piece.id, piece]));
}

// Put the pieces in the place of those with the same ids. What a field is known to hold (`was-`) is taken on only with a save of
// that field; the other answer of the same side is shown when it was changed elsewhere and nobody is changing it here.
function show(pieces, name, status, isNewest) {
  for (const [id, piece] of pieces) {
    const old = document.getElementById(id);
    if (!old) continue;
    if (id.startsWith("was-")) {
      const other = id.slice("was-".length);
      const isUntouched = other !== name && !waiting.has(other) && valueOf(other) === old.value;
      if (isUntouched && piece.value !== old.value) put(other, piece.value);
      if (isUntouched || (other === name && status === OK)) old.value = piece.value;
    } else if (isNewest || !id.endsWith(name)) place(piece, old);
  }
}

function place(piece, old) {
  const inside = old.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
  if (old.hasAttribute("aria-live")) old.replaceChildren(...piece.childNodes); // the region stays, so that it is read out
  else old.replaceWith(piece);
  if (inside) document.querySelector(`#${old.id} a[href="${CSS.escape(inside)}"]`)?.focus();
}

// --- what people do ----------------------------------------------------------------------------------------------------------

form.addEventListener("change", (event) => {
  const { name } = event.target;
  if (!name || !wasOf(name) || !event.target.closest("[data-url]")) return;
  const typed = valueOf(name), was = wasOf(name).value;
  if (typed !== was || waiting.has(name)) queue(name, typed, was);
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
  const { use, stored, typed, name, for: id } = event.target.closest("button")?.dataset ?? {};
  if (use !== undefined) { // "Use 6.5": put the value that was meant into its field
    const field = document.getElementById(id);
    field.value = use;
    field.dispatchEvent(new Event("change", { bubbles: true }));
    field.focus();
  } else if (stored !== undefined) { // a conflict is decided: theirs, or mine in place of theirs
    const seen = name === "note" ? event.target.closest("button").dataset.seen : stored;
    put(name, typed ?? stored);
    wasOf(name).value = seen;
    event.target.closest(".conflict").remove();
    queue(name, typed ?? stored, seen);
    focus(name);
  }
});

// Enter goes on to the next field, which saves this one; the whole form is sent by its buttons.
form.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.isComposing || !event.target.matches("input[type=text]")) return;
  event.preventDefault();
  const all = [...form.querySelectorAll(".side input[type=text]")];
  (all[all.indexOf(event.target) + 1] ?? document.getElementById("f-note")).focus();
});

// The whole form goes when nothing waits any more, so that a lost network cannot take it along.
form.addEventListener("submit", async (event) => {
  if (!waiting.unsent().length && navigator.onLine) return;
  event.preventDefault();
  whenBack = ` Then ${event.submitter.textContent.trim().toLowerCase()} once more.`;
  const until = Date.now() + PATIENCE_MS;
  wait = RETRY_FIRST_S;
  send();
  while (waiting.unsent().length && !stopped && navigator.onLine && Date.now() < until) {
    await new Promise((resolve) => { setTimeout(resolve, 50); });
  }
  if (!waiting.unsent().length && navigator.onLine) form.requestSubmit(event.submitter);
  else if (!stopped && !waiting.unsent().length) tell("No network: everything is saved. Go on when it is back.", "waits");
});
document.querySelector("form[data-discard]")?.addEventListener("submit", () => waiting.clear());

// --- coming back -----------------------------------------------------------------------------------------------------------

prepareSteps(form);
for (const [name, entry] of [...waiting.entries]) {
  if (!fields(name).length) waiting.delete(name);
  else {
    put(name, entry.typed);
    entry.held = false; // asked once more: its words come back with the answer
  }
}
addEventListener("online", () => { wait = RETRY_FIRST_S; send(); });
addEventListener("offline", tellAll);
document.addEventListener("visibilitychange", () => { if (!document.hidden) send(); });
addEventListener("beforeunload", (event) => { if (waiting.unsent().length && !waiting.storage) event.preventDefault(); });
send();
