// The page: from what was chosen to what is answered.
import { body, shown } from "./ask.js";
import { command } from "./curl.js";
import { ASK, Failed, address, answer, models } from "./gateway.js";
import { Writer } from "./markdown.js";
import { fill, note } from "./models.js";
import { Pictures } from "./pictures.js";
import { count, dollars, name, seconds } from "./words.js";

const at = (id) => document.getElementById(id);
const KEY = "visioncli.key";
let running = null; // the AbortController of the question that is being answered

function say(text) {
  if (at("status").textContent !== text) at("status").textContent = text; // else it is read out again
}
const problem = (text) => { at("problem").textContent = text; };

const pictures = new Pictures({
  input: at("pictures"), list: at("previews"), drop: at("drop"),
  changed, told: (text) => { problem(""); say(text); }, refused: problem,
});

const key = () => sessionStorage.getItem(KEY) ?? "";

function asked() {
  return {
    model: at("model").value,
    question: at("question").value.trim(),
    files: [...pictures.files],
    longest: Math.max(0, Math.floor(at("longest").valueAsNumber || 0)),
  };
}

function changed() {
  at("model-note").textContent = note(at("model"));
  at("request-note").textContent = "As it would be sent now.";
  draw();
}

function draw() {
  at("request-json").textContent = `POST ${address(ASK)}\n\n${shown(asked())}`;
  at("request-curl").textContent = command(asked(), address(ASK), Boolean(key()));
}

async function load() {
  try {
    const found = await models(key());
    fill(at("model"), found);
    if (!found.length) problem("This server offers no model: name one in its configuration.");
    return true;
  } catch (error) {
    failed(error, !key());
    return false;
  } finally {
    changed();
  }
}

// asking: the server wants a key and was given none, which is no mistake of the reader's.
function failed(error, asking = false) {
  const refused = Boolean(error.locked);
  at("key").setAttribute("aria-invalid", String(refused && !asking));
  if (refused) at("key-box").open = true;
  if (refused && asking) say("This server wants a key.");
  else problem([error.message, error.hint].filter(Boolean).join("\n"));
}

function needed(what) {
  if (!what.model) return ["Choose a model.", at("model")];
  if (!what.question) return ["Type a question.", at("question")];
  return null;
}

async function ask() {
  if (running) return;
  const what = asked();
  const lacking = needed(what);
  if (lacking) {
    problem(lacking[0]);
    lacking[1].focus();
    return;
  }
  running = new AbortController();
  busy(true);
  problem("");
  at("request-note").textContent = "As it was sent.";
  draw();
  const figures = { began: performance.now(), first: null, model: what.model, usage: null, notes: [] };
  const writer = new Writer(at("answer"));
  at("figures").hidden = at("notes").hidden = true;
  say("Asking …");
  at("answer").parentElement.scrollIntoView({ block: "nearest" });
  try {
    await read(await body(what), figures, writer);
  } catch (error) {
    if (running.signal.aborted) say("Stopped.");
    else {
      say("");
      failed(error instanceof Failed ? error : new Failed(error.message));
      if (error.locked) at("key").focus();
    }
  } finally {
    show(figures);
    running = null;
    busy(false);
  }
}

const ENDS = {
  length: "Cut off: the answer reached its limit of tokens.",
  content_filter: "The answer was ended by a filter.",
};

async function read(sent, figures, writer) {
  let end = "stop";
  running.signal.throwIfAborted(); // stopped while the pictures were read
  for await (const piece of answer(sent, key(), running.signal)) {
    if (piece.text) {
      figures.first ??= performance.now() - figures.began;
      say("Answering …");
      writer.write(piece.text);
    } else if (piece.thinking && figures.first === null) say("Thinking …");
    if (piece.model) figures.model = piece.model;
    if (piece.usage) figures.usage = piece.usage;
    if (piece.notes) figures.notes = piece.notes;
    if (piece.finish) end = piece.finish;
  }
  if (figures.first === null) say("The answer is empty.");
  else say(ENDS[end] ?? "Answered.");
}

// What the server says of its own accord: a picture that was made smaller, say.
function remark(notes) {
  at("notes").replaceChildren(...notes.map((text) => {
    const item = document.createElement("li");
    item.textContent = name(text);
    return item;
  }));
  at("notes").hidden = !notes.length;
}

function show({ began, first, model, usage, notes }) {
  remark(notes);
  if (first === null && !usage) return; // nothing came
  at("figure-model").textContent = name(model);
  at("figure-in").textContent = count(usage?.prompt_tokens);
  at("figure-out").textContent = count(usage?.completion_tokens);
  at("figure-cost").textContent = dollars(usage?.cost);
  const all = seconds(performance.now() - began);
  at("figure-time").textContent = first === null ? all : `${all}, first words after ${seconds(first)}`;
  at("figures").hidden = false;
}

function busy(on) {
  at("ask").setAttribute("aria-disabled", String(on)); // stays in the order of Tab, with its focus
  if (!on && document.activeElement === at("stop")) at("question").focus();
  at("stop").disabled = !on;
  at("answer").setAttribute("aria-busy", String(on)); // read out when it is whole, not word by word
}

const stop = () => running?.abort();

at("ask-form").addEventListener("submit", (event) => {
  event.preventDefault();
  ask();
});
at("ask-form").addEventListener("input", changed);
at("question").addEventListener("keydown", (event) => {
  // While letters are being composed (Japanese, Chinese), Enter belongs to the composition.
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  ask();
});
at("stop").addEventListener("click", stop);
addEventListener("keydown", (event) => { if (event.key === "Escape") stop(); });

at("key-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  problem("");
  say("");
  if (at("key").value) sessionStorage.setItem(KEY, at("key").value);
  else sessionStorage.removeItem(KEY);
  at("key").removeAttribute("aria-invalid");
  if (await load()) {
    say("The key was accepted.");
    at("pictures").focus();
    at("key-box").open = false;
  } else {
    at("key").focus();
  }
});

at("copy").addEventListener("click", async () => {
  try {
    await navigator.clipboard.writeText(at("request-curl").textContent);
    say("Copied.");
  } catch {
    getSelection().selectAllChildren(at("request-curl"));
    say("This browser does not copy here; the command is selected.");
  }
});

at("key").value = key();
load();
