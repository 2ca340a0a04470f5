// This server's API: the list of models, and an answer as it comes.
import { events } from "./sse.js";
import { printable } from "./words.js";

// Relative to the page, so that it also works below a path of a reverse proxy.
export const address = (path) => new URL(path, document.baseURI).href;
export const ASK = "v1/chat/completions";

export class Failed extends Error {
  // locked: the key of this server is missing or wrong.
  constructor(message, { locked = false, hint = "" } = {}) {
    super(printable(message));
    this.locked = locked;
    this.hint = hint;
  }
}

const HINTS = {
  401: "Check the key of this server, above.",
  403: "The key of this server may not do this.",
  404: "Choose another model.",
  413: "Send fewer or smaller pictures.",
  429: "Wait a little, then ask again.",
};

async function call(path, key, options = {}) {
  const headers = { ...options.headers };
  if (key) headers.authorization = `Bearer ${key}`;
  let response;
  try {
    response = await fetch(address(path), {
      ...options, headers, credentials: "omit", redirect: "error", cache: "no-store",
    });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Failed("The server cannot be reached.", {
      hint: "Check that it runs and that you are connected.",
    });
  }
  if (!response.ok) throw await refusal(response);
  return response;
}

// The error in OpenAI's shape, or what can be said without it.
async function refusal(response) {
  const { status } = response;
  let said = "";
  let provider = "";
  try {
    const { error, detail } = await response.json();
    said = typeof error === "string" ? error : (error?.message ?? detail ?? "");
    provider = error?.provider ?? "";
  } catch {
    // Not JSON: a page of some proxy between us, of no use to a reader.
  }
  const id = response.headers.get("x-request-id");
  const where = [`HTTP ${status}`, id && `request ${id}`].filter(Boolean).join(", ");
  const message = `${said || "The server refused the request."} (${where})`;
  // A 401 with a provider in it is about the key that the server holds, not about the reader's.
  const locked = status === 401 && !provider;
  return new Failed(message, { locked, hint: remedy(status, String(said), printable(provider)) });
}

function remedy(status, said, provider) {
  if (provider && (status === 401 || status === 403)) {
    return `Tell whoever runs this server: its key for ${provider} was refused.`;
  }
  if (status !== 401 && said.includes("(try: ")) return ""; // it brings its own
  return HINTS[status] ?? (status >= 500 ? "Ask again; if it stays, look at the server's log." : "");
}

async function json(response) {
  try {
    return await response.json();
  } catch {
    throw new Failed("The server's answer cannot be understood: it is not JSON.");
  }
}

// [{name, sees}], sees: true, false, or null where it is not known.
export async function models(key) {
  const listed = (await json(await call("v1/models", key))).data ?? [];
  let groups = [];
  try {
    groups = (await json(await call("model_group/info", key))).data ?? [];
  } catch {
    // The list stands without it: then of no model is it known whether it sees.
  }
  const sees = new Map(groups.map((group) => [group.model_group, group.supports_vision ?? null]));
  return listed.map(({ id }) => ({ name: String(id), sees: sees.get(id) ?? null }));
}

// Yields {text}, {thinking}, {model}, {usage}, {notes} and {finish} as they come. It is complete only
// where a finish reason or [DONE] came; else the last thing is a Failed.
export async function* answer(body, key, signal) {
  const response = await call(ASK, key, {
    method: "POST", body: JSON.stringify(body), signal,
    headers: { "content-type": "application/json" },
  });
  let complete = false;
  try {
    for await (const data of events(response.body)) {
      if (data === "[DONE]") return;
      const chunk = parsed(data);
      if (chunk.error) throw new Failed(chunk.error.message ?? chunk.error);
      yield* told(chunk);
      complete ||= Boolean(chunk.choices?.[0]?.finish_reason);
    }
  } catch (error) {
    if (error instanceof Failed || signal.aborted) throw error;
    throw new Failed("The connection was cut before the answer was complete.", { hint: "Ask again." });
  }
  if (!complete) throw new Failed("The answer was cut off before its end.", { hint: "Ask again." });
}

function parsed(data) {
  try {
    const chunk = JSON.parse(data);
    if (chunk !== null && typeof chunk === "object") return chunk;
  } catch {
    // told below
  }
  throw new Failed("The server's answer cannot be understood: a piece of it is not a JSON object.");
}

function* told(chunk) {
  const choice = chunk.choices?.[0];
  const delta = choice?.delta ?? {};
  if (chunk.model) yield { model: chunk.model };
  if (delta.reasoning_content || delta.reasoning) yield { thinking: true };
  if (delta.content) yield { text: delta.content };
  if (delta.refusal) yield { text: delta.refusal };
  if (choice?.finish_reason) yield { finish: choice.finish_reason };
  if (chunk.usage) yield { usage: chunk.usage };
  if (Array.isArray(chunk.vision?.warnings)) yield { notes: chunk.vision.warnings };
}
