// Text from elsewhere (file names, model names, answers, errors), made fit to be shown.

// Control characters, and the marks that turn the order of letters around: `gpj.exe` that reads as
// `exe.jpg`. Tab and newline stay.
const HIDDEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

export function printable(text) {
  return String(text).replace(/\r\n?/g, "\n").replace(HIDDEN, "\ufffd");
}

// One line of it, for names.
export function name(text) {
  return printable(text).replace(/[\t\n]+/g, " ");
}

export function size(bytes) {
  if (bytes < 1000) return `${bytes} bytes`;
  if (bytes < 1e6) return `${(bytes / 1000).toFixed(0)} kB`;
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

export function count(number) {
  return Number.isFinite(number) ? number.toLocaleString("en") : "not reported";
}

// US dollars; small ones keep two figures that mean something.
export function dollars(amount) {
  if (!Number.isFinite(amount)) return "not reported";
  if (amount === 0) return "$0";
  if (amount >= 0.01) return `$${amount.toFixed(4)}`;
  return `$${Number(amount.toPrecision(2)).toFixed(8).replace(/0+$/, "")}`;
}

export function seconds(milliseconds) {
  return `${(milliseconds / 1000).toFixed(milliseconds < 10000 ? 2 : 0)} s`;
}
