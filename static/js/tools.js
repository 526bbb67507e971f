// Watch, metronome and angle for the fields of the sheet. Times are reckoned from a stored start, so that they survive a
// reload and a locked screen; nothing is counted up.
import { down, reading } from "./angles.js";

const sheet = document.querySelector("form[data-sheet]").dataset.sheet;
const startKey = (tool) => `start-${sheet}-${tool.dataset.key}`;
let sound = null, lock = null;

function beep(at = 0, pitch = 880, length = 0.06) {
  if (!sound) return;
  const tone = sound.createOscillator(), volume = sound.createGain();
  tone.frequency.value = pitch;
  volume.gain.setValueAtTime(0.25, sound.currentTime + at);
  volume.gain.exponentialRampToValueAtTime(0.001, sound.currentTime + at + length);
  tone.connect(volume).connect(sound.destination);
  tone.start(sound.currentTime + at);
  tone.stop(sound.currentTime + at + length);
}

function wake() {  // in a press, because browsers allow sound and a lit screen only then
  if ("AudioContext" in window) sound ??= new AudioContext();
  sound?.resume();
  navigator.wakeLock?.request("screen").then((held) => { lock = held; }, () => { lock = null; });
}

function rest() {
  lock?.release();
  lock = null;
}

function fill(tool, value) {
  const field = document.getElementById(tool.dataset.for);
  field.value = String(value);
  field.dispatchEvent(new Event("change", { bubbles: true }));
}

// --- watch and metronome ------------------------------------------------------------------------------------------------

const KINDS = {
  watch: {
    begin: "Start", end: "Stop",
    show: (seconds) => `${Math.floor(seconds)} s`,
    result: (seconds, tool) => Math.min(Math.floor(seconds), Number(tool.dataset.limit || Infinity)),
    over: (seconds, tool) => seconds >= Number(tool.dataset.limit || Infinity),
  },
  metronome: {
    begin: "Metronome", end: "Stop",
    show(seconds, tool) {
      const { beat, counted } = beats(seconds, tool);
      if (counted < 0) return `ready in ${-counted}`;
      const moves = tool.dataset.moves.split(",");
      return `${moves[beat % moves.length]}, ${repetitions(counted, tool)} done`;
    },
    result: (seconds, tool) => Math.max(0, repetitions(beats(seconds, tool).counted, tool)),
    over: () => false,
    tick(seconds, tool, before) {
      const { counted } = beats(seconds, tool);
      if (counted !== beats(before, tool).counted) beep(0, counted % Number(tool.dataset.beats) ? 660 : 990);
    },
  },
};

function beats(seconds, tool) {
  const counted = Math.floor((seconds * Number(tool.dataset.bpm)) / 60) - Number(tool.dataset.countIn);
  return { counted, beat: Math.max(0, counted) };
}

const repetitions = (counted, tool) => Math.floor(Math.max(0, counted) / Number(tool.dataset.beats));

function run(tool) {
  const kind = KINDS[tool.dataset.tool], out = tool.querySelector("output"), label = tool.querySelector("[data-label]");
  const since = Number(localStorage.getItem(startKey(tool)));
  let before = (Date.now() - since) / 1000;
  label.textContent = kind.end;
  tool.classList.add("is-running");
  const look = () => {
    if (!localStorage.getItem(startKey(tool))) return;
    const seconds = (Date.now() - since) / 1000;
    kind.tick?.(seconds, tool, before);
    before = seconds;
    out.textContent = kind.show(seconds, tool);
    if (kind.over(seconds, tool)) {
      [0, 0.25, 0.5].forEach((at) => beep(at, 1200, 0.15));
      halt(tool, "That is the protocol's last second.");
    } else setTimeout(look, 50);
  };
  look();
}

function halt(tool, words = "") {
  const kind = KINDS[tool.dataset.tool];
  const seconds = (Date.now() - Number(localStorage.getItem(startKey(tool)))) / 1000;
  localStorage.removeItem(startKey(tool));
  tool.classList.remove("is-running");
  tool.querySelector("[data-label]").textContent = kind.begin;
  tool.querySelector("output").textContent = words;
  fill(tool, kind.result(seconds, tool));
  rest();
}

for (const tool of document.querySelectorAll("[data-tool=watch], [data-tool=metronome]")) {
  tool.querySelector(".tool-go").addEventListener("click", () => {
    if (localStorage.getItem(startKey(tool))) return halt(tool);
    wake();
    localStorage.setItem(startKey(tool), String(Date.now()));
    run(tool);
  });
  if (localStorage.getItem(startKey(tool))) run(tool);
}

// --- angle --------------------------------------------------------------------------------------------------------------------

const NO_SENSOR_MS = 2000;
if ("DeviceOrientationEvent" in window && navigator.maxTouchPoints > 0) {
  document.querySelectorAll("[data-tool=tilt]").forEach(prepare);
}

function prepare(tool) {
  const panel = tool.querySelector(".tool-panel"), out = tool.querySelector("output");
  const zero = tool.querySelector("[data-zero]"), take = tool.querySelector("[data-take]");
  let now = null, from = null;
  const value = () => reading(tool.dataset.kind, from ?? now, now);
  const hear = ({ beta, gamma }) => {
    if (beta === null || gamma === null) return;
    now = down(beta, gamma);
    out.textContent = from ? `${value()}°` : "Hold still, then zero.";
  };
  tool.hidden = false;
  tool.querySelector(".tool-go").addEventListener("click", async () => {
    panel.hidden = !panel.hidden;
    if (panel.hidden) return removeEventListener("deviceorientation", hear);
    const asks = DeviceOrientationEvent.requestPermission;
    if (asks && (await asks.call(DeviceOrientationEvent).catch(() => "denied")) !== "granted") {
      out.textContent = "The browser keeps the sensor to itself. Allow motion for this site, then try again.";
      return;
    }
    addEventListener("deviceorientation", hear);
    setTimeout(() => { if (!now) out.textContent = "This device tells no angle."; }, NO_SENSOR_MS);
  });
  zero.addEventListener("click", () => { from = now; if (now) out.textContent = `${value()}°`; });
  take.addEventListener("click", () => {
    if (!now || !from) { out.textContent = "Zero it first."; return; }
    fill(tool, value());
    panel.hidden = true;
    removeEventListener("deviceorientation", hear);
  });
}
