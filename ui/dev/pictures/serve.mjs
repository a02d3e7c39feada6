// Serves the fake build as the window serves the real one: under its content security policy, from one origin.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";

const KINDS = {
  ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".woff2": "font/woff2",
};
const EARLY = '<link rel="stylesheet" href="/early.css" /><script src="/early.js"></script>';
const here = fileURLToPath(new URL(".", import.meta.url));

/** Starts serving a folder; `early.js` runs before all else in the page. */
export async function serve(folder, policy) {
  const body = (path) => {
    if (path === "/early.js" || path === "/early.css") return readFileSync(join(here, path));
    const file = readFileSync(join(folder, normalize(path)));
    return path === "/index.html" ? file.toString().replace("<head>", `<head>${EARLY}`) : file;
  };
  const server = createServer((request, response) => {
    const asked = new URL(request.url ?? "/", "http://localhost").pathname;
    const path = asked === "/" ? "/index.html" : asked;
    try {
      const bytes = body(path);
      response.writeHead(200, {
        "content-type": KINDS[extname(path)] ?? "application/octet-stream", "content-security-policy": policy,
      });
      response.end(bytes);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((ready, failed) => server.once("error", failed).listen(0, "127.0.0.1", ready));
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
