// Watch, metronome and angle for the fields of the sheet. Times are reckoned from a stored start, so that they survive a
// reload and a locked screen; nothing is counted up.
import { down, reading, steady } from "./angles.js";

const sheet = document.querySelector("form[data-sheet]").dataset.sheet;
const bar = document.getElementById("running");
const startKey = (tool) => `start-${sheet}-${tool.dataset.key}`;
const begun = (tool) => Number(localStorage.getItem(startKey(tool))); // ms since 1970; 0 = it does not run
const isAnyRunning = () => document.querySelector(".tool.is-running") !== null;
const named = (tool) => {
  const side = tool.closest("[data-side]").dataset.side;
  return tool.closest(".measure").querySelector(".measure-name b").textContent + (side === "both" ? "" : `, ${side}`);
};

function fill(tool, value) {
  const field = document.getElementById(tool.dataset.for);
  field.value = String(value);
  field.dispatchEvent(new Event("change", { bubbles: true }));
}

// --- sound and light: browsers allow the one after a press, and take the other away with every look elsewhere ------------

let sound = null, lock = null;

function wake() {
  if ("AudioContext" in window) sound ??= new AudioContext();
  sound?.resume();
  light();
}

function light() {
  if (!isAnyRunning() || document.hidden || (lock && !lock.released)) return;
  navigator.wakeLock?.request("screen").then((held) => { lock = held; }, () => { lock = null; });
}

function rest() {
  if (isAnyRunning()) return;
  lock?.release();
  lock = null;
}

document.addEventListener("visibilitychange", light);
document.addEventListener("pointerdown", () => { if (isAnyRunning()) wake(); }); // after a reload the first press brings sound

// A tone so many seconds from now; its voice can be stopped before it sounds.
function beep(after = 0, pitch = 880, length = 0.06) {
  if (sound?.state !== "running") return null;
  const voice = sound.createOscillator(), volume = sound.createGain(), at = sound.currentTime + Math.max(0, after);
  voice.frequency.value = pitch;
  volume.gain.setValueAtTime(0.25, at);
  volume.gain.exponentialRampToValueAtTime(0.001, at + length);
  voice.connect(volume).connect(sound.destination);
  voice.start(at);
  voice.stop(at + length);
  return voice;
}

// --- watch and metronome ------------------------------------------------------------------------------------------------

const LOOK_MS = 50, AHEAD_S = 1.6; // beats are handed to the sound card ahead of time: a slow page does not make them late

const WATCH = {
  begin: "Start",
  show: (seconds) => `${Math.floor(seconds)} s`,
  result: (seconds, tool) => Math.min(Math.floor(seconds), Number(tool.dataset.limit || Infinity)),
  isOver: (seconds, tool) => seconds >= Number(tool.dataset.limit || Infinity),
};

const METRONOME = {
  begin: "Metronome",
  show(seconds, tool) {
    const beat = beatAt(seconds, tool);
    tool.dataset.beat = String(Math.floor(beat) % 2); // the dot moves with it
    if (beat < 0) return `Ready in ${Math.ceil(-beat)}`;
    const moves = tool.dataset.moves.split(",");
    return `${moves[Math.floor(beat) % moves.length]}, ${repetitions(beat, tool)} done`;
  },
  result: (seconds, tool) => repetitions(beatAt(seconds, tool), tool),
  isOver: () => false,
  sound(seconds, tool, state) {
    const first = -Number(tool.dataset.countIn), every = 60 / Number(tool.dataset.bpm);
    if (sound?.state !== "running") return;
    let next = Math.max(state.next ?? first, Math.ceil(beatAt(seconds, tool)));
    for (; beatTime(next, tool) < seconds + AHEAD_S; next += 1) {
      const isFirstMove = next >= 0 && next % Number(tool.dataset.beats) === 0;
      const voice = beep(beatTime(next, tool) - seconds, next < 0 ? 520 : isFirstMove ? 990 : 660, Math.min(0.08, every / 2));
      if (voice) state.voices.push(voice);
    }
    state.next = next;
    state.voices.splice(0, Math.max(0, state.voices.length - 8));
  },
};

// Beats since the first repetition; below zero while it counts in.
const beatAt = (seconds, tool) => (seconds * Number(tool.dataset.bpm)) / 60 - Number(tool.dataset.countIn);
const beatTime = (beat, tool) => ((beat + Number(tool.dataset.countIn)) * 60) / Number(tool.dataset.bpm);
const repetitions = (beat, tool) => Math.max(0, Math.floor(Math.floor(beat) / Number(tool.dataset.beats)));
const kindOf = (tool) => (tool.dataset.tool === "watch" ? WATCH : METRONOME);
const states = new WeakMap();

function run(tool) {
  const out = tool.querySelector("output"), state = { voices: [], next: undefined };
  states.set(tool, state);
  tool.classList.add("is-running");
  tool.querySelector("[data-label]").textContent = "Stop";
  light();
  const look = () => {
    if (!begun(tool)) return tool.classList.contains("is-running") ? idle(tool, "") : undefined; // stopped in another tab
    const seconds = (Date.now() - begun(tool)) / 1000;
    kindOf(tool).sound?.(seconds, tool, state);
    const words = kindOf(tool).show(seconds, tool);
    if (out.textContent !== words) out.textContent = words;
    bar.hidden = false;
    bar.href = `#${tool.closest(".measure").id}`;
    bar.textContent = `${named(tool)}: ${words}`;
    if (!kindOf(tool).isOver(seconds, tool)) return void setTimeout(look, LOOK_MS);
    [0, 0.3, 0.6].forEach((after) => beep(after, 1200, 0.2));
    navigator.vibrate?.([200, 100, 200]);
    return halt(tool, "That is the protocol's last second.");
  };
  look();
}

function idle(tool, words) {
  localStorage.removeItem(startKey(tool));
  states.get(tool)?.voices.forEach((voice) => voice.stop());
  tool.classList.remove("is-running");
  tool.querySelector("[data-label]").textContent = kindOf(tool).begin;
  tool.querySelector("output").textContent = words;
  bar.hidden = true;
  rest();
}

function halt(tool, words = "") {
  const seconds = (Date.now() - begun(tool)) / 1000;
  idle(tool, words);
  fill(tool, kindOf(tool).result(seconds, tool));
}

for (const tool of document.querySelectorAll("[data-tool=watch], [data-tool=metronome]")) {
  tool.querySelector(".tool-go").addEventListener("click", () => {
    if (begun(tool)) return halt(tool);
    localStorage.setItem(startKey(tool), String(Date.now()));
    run(tool);
    return wake();
  });
  tool.querySelector("[data-drop]").addEventListener("click", () => {
    idle(tool, "");
    tool.querySelector(".tool-go").focus();
  });
  if (begun(tool)) run(tool);
}

// --- angle --------------------------------------------------------------------------------------------------------------------

const NO_SENSOR_MS = 2000;
if ("DeviceOrientationEvent" in window && navigator.maxTouchPoints > 0) {
  document.querySelectorAll("[data-tool=tilt]").forEach(prepare);
}

function prepare(tool) {
  const panel = tool.querySelector(".tool-panel"), out = tool.querySelector("output"), go = tool.querySelector(".tool-go");
  const zero = tool.querySelector("[data-zero]"), hold = tool.querySelector("[data-hold]"), take = tool.querySelector("[data-take]");
  let now = null, from = null, isHeld = false;
  const show = () => { out.textContent = from ? `${reading(tool.dataset.kind, from, now)}°` : "Hold still, then zero."; };
  const hear = ({ beta, gamma }) => {
    if (beta === null || gamma === null || isHeld) return;
    now = steady(now, down(beta, gamma));
    show();
  };
  const holds = (is) => {
    isHeld = is;
    hold.setAttribute("aria-pressed", String(is));
  };
  const close = () => {
    panel.hidden = true;
    go.setAttribute("aria-expanded", "false");
    holds(false);
    removeEventListener("deviceorientation", hear);
  };
  tool.hidden = false;
  go.addEventListener("click", async () => {
    if (!panel.hidden) return close();
    panel.hidden = false;
    go.setAttribute("aria-expanded", "true");
    const asks = DeviceOrientationEvent.requestPermission; // iOS, and only in a press
    if (asks && (await asks.call(DeviceOrientationEvent).catch(() => "denied")) !== "granted") {
      out.textContent = "The browser keeps the sensor to itself. Allow motion for this site, then try again.";
      return undefined;
    }
    addEventListener("deviceorientation", hear);
    setTimeout(() => { if (!now) out.textContent = "This device tells no angle: use an inclinometer of your own."; }, NO_SENSOR_MS);
    return undefined;
  });
  zero.addEventListener("click", () => {
    if (!now) return;
    from = now;
    holds(false);
    show();
  });
  hold.addEventListener("click", () => { if (now) holds(!isHeld); });
  take.addEventListener("click", () => {
    if (!now || !from) { out.textContent = "Zero it first."; return; }
    fill(tool, reading(tool.dataset.kind, from, now));
    close();
    go.focus();
  });
}
