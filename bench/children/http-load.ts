import http from "node:http";
import { performance } from "node:perf_hooks";
import { serveParent } from "../lib/child.ts";
import { type Loaded, load, summarizeLoad } from "../lib/load.ts";

/**
 * What to send: one command per request ("asks"), or streams of commands ("NDJSON"). For asks, `{n}` in the `url` is
 * replaced with the number of an actor.
 */
export interface HttpTask {
  kind: "asks" | "NDJSON";
  url: string;
  connections: number;
  actors: number;
  seconds: number;
}

/** The maximum number of unanswered lines of a stream: the server's own limit. */
const WINDOW = 1_024;
/** Lines per write. */
const CHUNK = 64;
const NEWLINE = 10;

const agent = new http.Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });
let sent = 0;

serveParent<HttpTask>((task) => (task.kind === "asks" ? sendAsks(task) : sendLines(task)));

function sendAsks({ url, connections, actors, seconds }: HttpTask): Promise<Loaded> {
  return load(connections, seconds, () => post(url.replace("{n}", String(sent++ % actors))));
}

function post(url: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { "content-type": "application/json", "content-length": 8 };
    const request = http.request(url, { method: "POST", agent, headers }, (response) => {
      response.on("error", reject).on("end", () => {
        if (response.statusCode === 200) resolve();
        else reject(new Error(`The server answered ${response.statusCode}.`));
      });
      response.resume();
    });
    request.on("error", reject).end('{"by":1}');
  });
}

/** Sends streams of commands. Counts the answers within the time, and their latencies. */
async function sendLines({ url, connections, actors, seconds }: HttpTask): Promise<Loaded> {
  const endsAt = performance.now() + seconds * 1_000;
  const times: number[] = [];
  const answered = (sentAt: number) => {
    const now = performance.now();
    if (now < endsAt || times.length === 0) times.push(now - sentAt);
    return now < endsAt;
  };
  const line = () => `{"type":"counter","key":["c${sent++ % actors}"],"command":"increment","payload":{"by":1}}\n`;
  await Promise.all(Array.from({ length: connections }, () => stream(url, line, answered)));
  return summarizeLoad(times, seconds);
}

/** Sends lines until `answered`, called for each answer with the send time of its line, returns false. */
function stream(url: string, line: () => string, answered: (sentAt: number) => boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = http.request(url, { method: "POST", agent, headers: { "content-type": "application/x-ndjson" } });
    const waiting: number[] = [];
    const fill = () => {
      while (waiting.length <= WINDOW - CHUNK) {
        const now = performance.now();
        for (let i = 0; i < CHUNK; i++) waiting.push(now);
        request.write(Array.from({ length: CHUNK }, line).join(""));
      }
    };
    request.on("error", reject).on("response", (response) => {
      let continues = true;
      response.on("data", (chunk: Buffer) => {
        if (chunk.includes('"error"')) reject(new Error(`The server answered ${chunk}`));
        for (const byte of chunk) if (byte === NEWLINE) continues = answered(waiting.shift() as number) && continues;
        if (continues) fill();
        else request.end();
      });
      response.on("error", reject).on("end", resolve);
    });
    fill();
  });
}
