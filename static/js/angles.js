// How a phone is turned, from what its orientation sensor says. Pure functions, in degrees.
const RAD = Math.PI / 180;
const STILL = 3, SLOW = 0.3; // within so many degrees it trembles, and a new sample moves it by this share

// Where down is, in the phone's own axes: x to the right of the screen, y to its top, z out of it.
export function down(beta, gamma) {
  const b = beta * RAD, g = gamma * RAD;
  return [Math.cos(b) * Math.sin(g), -Math.sin(b), -Math.cos(b) * Math.cos(g)];
}

// How far the phone was turned from one position to another, 0-180, whichever way.
export function turn(from, to) {
  const dot = from.reduce((sum, part, n) => sum + part * to[n], 0);
  return Math.acos(Math.min(1, Math.max(-1, dot))) / RAD;
}

// How far the top of the phone points above (+) or below (-) level, -90 to 90.
export const rise = (position) => Math.asin(Math.min(1, Math.max(-1, -position[1]))) / RAD;

// The position after one more sample: a hand's tremble is smoothed, a movement is followed at once.
export function steady(position, sample) {
  if (!position || turn(position, sample) > STILL) return sample;
  const mixed = position.map((part, n) => part + SLOW * (sample[n] - part));
  const length = Math.hypot(...mixed);
  return mixed.map((part) => part / length);
}

// The reading of a test, since the phone was zeroed: "turn" without a sign, "tilt" with one.
export const reading = (kind, zero, now) => Math.round(kind === "tilt" ? rise(now) - rise(zero) : turn(zero, now)) + 0;
