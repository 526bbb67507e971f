// Values of one sheet that are not saved yet, kept on this device: one key a field, so that two tabs keep each other's.
// An entry: {url, part, typed, was: [what its writer knew to stand there], tried: [what was sent and may have arrived],
// held: it was sent and could not be taken (not a number, changed by somebody else) and waits to be put right, at: ms}.
const PREFIX = "sheet-", LONGEST_MS = 30 * 24 * 60 * 60 * 1000;

export class Waiting {
  constructor(sheet, storage) {
    this.prefix = `${PREFIX}${sheet}/`;
    this.storage = storage;
    this.entries = new Map();
    for (const key of this.keys()) {
      const entry = this.read(key);
      if (!entry || Date.now() - entry.at > LONGEST_MS) this.storage.removeItem(key);
      else if (key.startsWith(this.prefix)) this.entries.set(key.slice(this.prefix.length), entry);
    }
  }

  keys() {
    return Object.keys(this.storage ?? {}).filter((key) => key.startsWith(PREFIX));
  }

  read(key) {
    try {
      return JSON.parse(this.storage.getItem(key));
    } catch {
      return null; // not ours, or half written
    }
  }

  get(name) { return this.entries.get(name); }

  has(name) { return this.entries.has(name); }

  set(name, entry) {
    this.entries.set(name, entry);
    this.keep(name);
  }

  keep(name) { // after a change in the entry itself
    try {
      this.storage?.setItem(this.prefix + name, JSON.stringify(this.entries.get(name)));
    } catch { /* the device is full: it still waits in this tab */ }
  }

  delete(name) {
    this.entries.delete(name);
    this.storage?.removeItem(this.prefix + name);
  }

  clear() { for (const name of [...this.entries.keys()]) this.delete(name); }

  unsent() { return [...this.entries].filter(([, entry]) => !entry.held); }

  held() { return [...this.entries].filter(([, entry]) => entry.held); }
}
