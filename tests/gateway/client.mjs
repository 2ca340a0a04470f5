// LiteLLM's page on vision models, its part about the proxy, with the official client for Node.
// node client.mjs FOLDER_OF_THE_PACKAGE BASE_URL KEY IMAGE: prints one JSON object.
import { createRequire } from "node:module";
import { resolve } from "node:path";

const [folder, baseURL, apiKey, image] = process.argv.slice(2);
const { default: OpenAI } = createRequire(import.meta.url)(resolve(folder));
const client = new OpenAI({ apiKey, baseURL, maxRetries: 0 });
const messages = [{
  role: "user",
  content: [
    { type: "text", text: "What's in this image?" },
    { type: "image_url", image_url: { url: image } },
  ],
}];

async function plain(model) {
  const { data, response } = await client.chat.completions
    .create({ model, messages, max_tokens: 300 }).withResponse();
  return { answer: data, warning: response.headers.get("x-vision-warning") };
}

async function streamed(model) {
  const chunks = [];
  const stream = await client.chat.completions.create({
    model, messages, stream: true, stream_options: { include_usage: true },
  });
  for await (const chunk of stream) chunks.push(chunk);
  return {
    text: chunks.map((chunk) => chunk.choices[0]?.delta?.content ?? "").join(""),
    usage: chunks.at(-1).usage,
  };
}

async function responded(model) {
  const content = [
    { type: "input_text", text: "What's in this image?" },
    { type: "input_image", image_url: image, detail: "auto" },
  ];
  const answer = await client.responses.create({ model, input: [{ role: "user", content }] });
  const stream = await client.responses.create({
    model, input: [{ role: "user", content }], stream: true,
  });
  const types = [];
  for await (const event of stream) types.push(event.type);
  return { text: answer.output_text, total: answer.usage.total_tokens, last: types.at(-1) };
}

async function refused(options, model) {
  try {
    await new OpenAI({ apiKey, baseURL, maxRetries: 0, ...options })
      .chat.completions.create({ model, messages });
    return null;
  } catch (error) {
    return { name: error.constructor.name, status: error.status, code: error.code };
  }
}

const models = [];
for await (const model of client.models.list()) models.push(model.id);
process.stdout.write(JSON.stringify({
  models,
  one: (await client.models.retrieve("llava-hf")).owned_by,
  alias: await plain("gpt-4-vision-preview"),
  custom: await plain("llava-hf"),
  streamed: await streamed("llava-hf"),
  responded: await responded("llava-hf"),
  unknown: await refused({}, "lava-hf"),
  locked: await refused({ apiKey: "sk-wrong" }, "llava-hf"),
}));
