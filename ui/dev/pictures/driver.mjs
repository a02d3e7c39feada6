// What speaks to a driver over W3C WebDriver, and ends it.
import { request } from "node:http";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** The longest that anything is waited for, in milliseconds. */
export const LIMIT = 20_000;

/** One command of the protocol. A failure carries its W3C name in `code`. */
export function call(port, method, path, body) {
  const sent = method === "POST" ? JSON.stringify(body ?? {}) : undefined;
  return new Promise((answered, failed) => {
    const asked = request({ host: "127.0.0.1", port, method, path, agent: false }, (response) => {
      const parts = [];
      response.on("data", (part) => parts.push(part));
      response.on("error", failed);
      response.on("end", () => {
        try {
          const { value } = JSON.parse(Buffer.concat(parts).toString());
          if (response.statusCode === 200) answered(value);
          else failed(Object.assign(new Error(`${value.error}: ${value.message}`), { code: value.error }));
        } catch (error) {
          failed(error);
        }
      });
    });
    asked.on("error", failed);
    asked.setTimeout(2 * LIMIT, () => asked.destroy(new Error(`the driver does not answer to ${path}`)));
    if (sent) asked.setHeader("content-length", Buffer.byteLength(sent)).setHeader("content-type", "application/json");
    asked.end(sent);
  });
}

export async function freePort() {
  const server = createServer();
  await new Promise((ready, failed) => server.once("error", failed).listen(0, "127.0.0.1", ready));
  const { port } = server.address();
  await new Promise((closed) => server.close(closed));
  return port;
}

/** Ends a process that was started here, and waits until it is gone. */
export async function end(child) {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const gone = new Promise((exited) => child.once("exit", exited));
  child.kill("SIGTERM");
  await Promise.race([gone, sleep(5_000, undefined, { ref: false }).then(() => child.kill("SIGKILL"))]);
  await gone;
}

export function collect(child) {
  let text = "";
  child.stderr.on("data", (part) => (text = (text + part).slice(-2_000)));
  return () => text.trim();
}
