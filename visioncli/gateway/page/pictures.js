// The pictures that were chosen, dropped or pasted, with their previews.
import { name, size } from "./words.js";

export class Pictures {
  // changed(): the list is another. told(text): something for the reader. refused(text): a problem.
  constructor({ input, list, drop, changed, told, refused }) {
    Object.assign(this, { input, list, drop, changed, told, refused });
    this.files = [];
    input.addEventListener("change", () => this.add([...input.files]));
    this.#listen();
  }

  #listen() {
    const over = (on) => this.drop.classList.toggle("over", on);
    addEventListener("dragover", (event) => {
      if (!event.dataTransfer.types.includes("Files")) return;
      event.preventDefault();
      over(true);
    });
    addEventListener("dragleave", (event) => { if (!event.relatedTarget) over(false); });
    addEventListener("drop", (event) => {
      over(false);
      if (!event.dataTransfer.types.includes("Files")) return;
      event.preventDefault(); // else the browser leaves the page to show the file
      this.add([...event.dataTransfer.files]);
    });
    addEventListener("paste", (event) => {
      const files = [...event.clipboardData.files];
      if (!files.length) return; // text goes where it was pasted
      event.preventDefault();
      this.add(files);
    });
  }

  add(files) {
    // A type that the browser does not know (HEIC, often) is empty: the server looks for itself.
    const fits = ({ size: bytes, type }) => bytes && (type === "" || type.startsWith("image/"));
    const good = files.filter(fits);
    const bad = files.filter((file) => !good.includes(file));
    for (const file of good) {
      this.files.push(file);
      this.list.append(this.#preview(file));
    }
    if (good.length) {
      this.told(`${good.map((file) => name(file.name)).join(", ")} added, ${this.files.length} in all.`);
      this.changed();
    }
    this.#count();
    if (bad.length) {
      const why = (file) => (file.size ? "not a picture" : "empty");
      this.refused(bad.map((file) => `${name(file.name)} is ${why(file)}.`).join("\n"));
    }
  }

  // The field says itself how many there are, dropped and pasted ones among them.
  #count() {
    const all = new DataTransfer();
    for (const file of this.files) all.items.add(file);
    this.input.files = all.files;
  }

  #preview(file) {
    const item = document.createElement("li");
    const shown = document.createElement("img");
    const title = document.createElement("bdi");
    const facts = document.createElement("span");
    const remove = document.createElement("button");
    shown.alt = "";
    shown.src = URL.createObjectURL(file);
    shown.addEventListener("load", () => {
      facts.textContent = `${shown.naturalWidth} × ${shown.naturalHeight}, ${size(file.size)}`;
    });
    shown.addEventListener("error", () => {
      shown.remove();
      facts.textContent = `${size(file.size)}, no preview in this browser`;
    });
    title.textContent = name(file.name);
    title.className = "name";
    facts.textContent = size(file.size);
    facts.className = "note";
    remove.type = "button";
    remove.textContent = "Remove";
    remove.setAttribute("aria-label", `Remove ${name(file.name)}`);
    remove.addEventListener("click", () => {
      const near = item.nextElementSibling ?? item.previousElementSibling;
      this.files.splice(this.files.indexOf(file), 1);
      URL.revokeObjectURL(shown.src);
      item.remove();
      this.#count();
      (near?.querySelector("button") ?? this.input).focus(); // never lost
      this.told(`${name(file.name)} removed, ${this.files.length} left.`);
      this.changed();
    });
    item.append(shown, title, facts, remove);
    return item;
  }
}
