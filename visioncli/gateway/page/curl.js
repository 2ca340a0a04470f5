// The request as a command for a POSIX shell that sends the same when it is pasted.
import { request, start } from "./ask.js";

// The body is a here-document, since a picture is longer than an argument may be. Between its marks
// the shell reads `$`, backtick and backslash, and nothing else.
export function command(asked, url, hasKey) {
  const mark = crypto.getRandomValues(new Uint32Array(4)).join("-"); // in no question by chance
  const places = asked.files.map((file, i) => `@picture-${i}-${mark}@`);
  let text = JSON.stringify(request(asked, places), null, 2).replace(/[\\$`]/g, "\\$&");
  asked.files.forEach((file, i) => {
    // The media type is the browser's own word, of letters only; anything else stays out of a shell.
    const head = start(file).replace(/[^\w:;,/+.-]/g, "");
    text = text.replace(places[i], () => `${head}$(base64 < ${quoted(fileName(file, i))} | tr -d '\\n')`);
  });
  const key = hasKey ? ` \\\n  -H "Authorization: Bearer $VISION_KEY"` : "";
  const head = `curl -N ${quoted(url)} \\\n  -H 'Content-Type: application/json'${key} \\\n`;
  return `${head}  --data-binary @- <<END\n${text}\nEND\n`;
}

const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;

// A line break in a name could end the here-document; no such name is written down. What was pasted
// has no file, and browsers call it image.png.
function fileName(file, i) {
  return /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(file.name) || !file.name ? `picture-${i + 1}` : file.name;
}
