// How a phone is turned, from what its orientation sensor says. Pure functions, in degrees.
const RAD = Math.PI / 180;

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

// The reading of a test, since the phone was zeroed: "turn" without a sign, "tilt" with one.
export const reading = (kind, zero, now) => Math.round(kind === "tilt" ? rise(now) - rise(zero) : turn(zero, now));
