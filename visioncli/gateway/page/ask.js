// What is sent: OpenAI's chat JSON, pictures first, as `vision ask` sends them.

export async function body(asked) {
  const addresses = await Promise.all(asked.files.map(dataUrl));
  return request(asked, addresses);
}

// asked: {model, question, files, longest}; addresses: one a file, in order.
export function request({ model, question, longest }, addresses) {
  const content = addresses.map((url) => ({ type: "image_url", image_url: { url } }));
  if (question) content.push({ type: "text", text: question });
  const limit = longest ? { max_tokens: longest } : {};
  return {
    model,
    messages: [{ role: "user", content }],
    ...limit,
    stream: true,
    stream_options: { include_usage: true },
  };
}

export const start = (file) => `data:${mediaType(file)};base64,`;

// What FileReader would write in front; the server trusts the bytes and not this.
const mediaType = (file) => file.type || "application/octet-stream";

function dataUrl(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(start(file) + reader.result.slice(reader.result.indexOf(",") + 1));
    reader.onerror = () => reject(new Error(`${file.name} cannot be read any more.`));
    reader.readAsDataURL(file);
  });
}

// The same as JSON for people: base64 elided, its length told.
export function shown(asked) {
  const length = (file) => 4 * Math.ceil(file.size / 3);
  const addresses = asked.files.map((file) => `${start(file)}… ${length(file)} characters …`);
  return JSON.stringify(request(asked, addresses), null, 2);
}
