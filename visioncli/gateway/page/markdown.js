// The little Markdown that answers about pictures hold, as elements that are made one by one: text
// only ever becomes text. No links, no pictures, no HTML; what is not understood is shown as it came.
import { printable } from "./words.js";

// Shows a growing text. Blocks that are complete stay as they are; only the last is drawn again.
export class Writer {
  constructor(place) {
    this.place = place;
    this.pending = "";
    this.tail = [];
    place.replaceChildren();
  }

  write(text) {
    this.pending += text;
    const end = finished(this.pending);
    if (end > 0) {
      this.#draw(this.pending.slice(0, end));
      this.tail = [];
      this.pending = this.pending.slice(end);
    }
    this.tail = this.#draw(this.pending);
  }

  #draw(text) {
    for (const old of this.tail) old.remove();
    const drawn = blocks(printable(text));
    this.place.append(...drawn);
    return drawn;
  }
}

const FENCE = /^ {0,3}(`{3,}|~{3,})/;
const HEADING = /^#{1,6} +(.+?)#*$/;
const ITEM = /^ *(?:[-*+]|(\d{1,9})[.)]) +(.*)$/;

// Where the blocks that cannot change any more end: at an empty line outside fences and lists, or
// where a list is followed by something else. The last line may still grow, so it does not count.
function finished(text) {
  const lines = text.split("\n").slice(0, -1);
  let [fence, inList, afterEmpty, at, end] = ["", false, false, 0, 0];
  for (const line of lines) {
    const empty = line.trim() === "";
    if (!fence && ITEM.test(line)) inList = true;
    else if (!fence && !empty && inList && afterEmpty && !line.startsWith(" ")) {
      inList = false;
      end = at;
    }
    fence = fenceAfter(fence, line);
    at += line.length + 1;
    if (empty && !fence && !inList) end = at;
    afterEmpty = empty;
  }
  return end;
}

function fenceAfter(open, line) {
  const mark = FENCE.exec(line)?.[1];
  if (!open) return mark ?? "";
  return mark && mark[0] === open[0] && mark.length >= open.length && line.trim() === mark ? "" : open;
}

export function blocks(text) {
  const out = [];
  const lines = text.split("\n");
  let i = 0;
  while (i < lines.length) {
    const line = lines[i];
    const heading = HEADING.exec(line);
    if (line.trim() === "") {
      i += 1;
    } else if (FENCE.test(line)) {
      i = code(lines, i, out);
    } else if (heading) {
      out.push(withInline("h3", heading[1].trim()));
      i += 1;
    } else if (ITEM.test(line)) {
      i = list(lines, i, out);
    } else {
      const start = i;
      do i += 1; while (i < lines.length && goesOn(lines[i]));
      out.push(withInline("p", lines.slice(start, i).join("\n")));
    }
  }
  return out;
}

// Whether a line belongs to the paragraph before it.
const goesOn = (line) => line.trim() && ![FENCE, HEADING, ITEM].some((other) => other.test(line));

function code(lines, start, out) {
  let i = start + 1;
  let open = fenceAfter("", lines[start]);
  while (i < lines.length) {
    open = fenceAfter(open, lines[i]);
    if (!open) break;
    i += 1;
  }
  const box = element("pre");
  box.append(element("code", lines.slice(start + 1, i).join("\n")));
  box.tabIndex = 0; // it scrolls sideways, which must not need a mouse
  box.setAttribute("role", "group");
  box.setAttribute("aria-label", "Code");
  out.push(box);
  return i + 1;
}

function list(lines, start, out) {
  const first = ITEM.exec(lines[start])[1];
  const box = element(first === undefined ? "ul" : "ol");
  if (first !== undefined) box.start = Number(first);
  let i = start;
  while (i < lines.length) {
    const item = ITEM.exec(lines[i]);
    if (item && (item[1] === undefined) === (first === undefined)) {
      box.append(withInline("li", item[2]));
    } else if (lines[i].trim() === "" && ITEM.test(lines[i + 1] ?? "")) {
      // the list goes on
    } else if (!item && /^ +\S/.test(lines[i])) {
      box.lastChild.append("\n", ...inline(lines[i].trim()));
    } else {
      break;
    }
    i += 1;
  }
  out.push(box);
  return i;
}

function element(tag, text = "") {
  const made = document.createElement(tag);
  made.textContent = text;
  return made;
}

function withInline(tag, text) {
  const made = element(tag);
  made.append(...inline(text));
  return made;
}

// `code`, **bold**, *slanted*; a star with a space inside is a star.
const INLINE = /`([^`\n]+)`|\*\*(\S(?:[^*\n]*[^\s*])?)\*\*|\*([^\s*](?:[^*\n]*[^\s*])?)\*/g;

function inline(text) {
  const out = [];
  let at = 0;
  for (const found of text.matchAll(INLINE)) {
    out.push(text.slice(at, found.index));
    const [whole, mono, bold, slanted] = found;
    if (mono !== undefined) out.push(element("code", mono));
    else if (bold !== undefined) out.push(element("strong", bold));
    else out.push(element("em", slanted));
    at = found.index + whole.length;
  }
  out.push(text.slice(at));
  return out;
}
