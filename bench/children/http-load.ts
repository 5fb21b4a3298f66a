import { once } from "node:events";
import http from "node:http";
import { performance } from "node:perf_hooks";
import { serveParent } from "../lib/child.ts";
import { type Loaded, load } from "../lib/load.ts";
import { quantile } from "../lib/stats.ts";

/** What to send: asks, one a request, or lines of commands that are answered while they are sent. */
export interface HttpTask {
  kind: "asks" | "NDJSON";
  address: string;
  connections: number;
  actors: number;
  seconds: number;
}

const agent = new http.Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });
let sent = 0;

serveParent<HttpTask>((task) => (task.kind === "asks" ? sendAsks(task) : sendLines(task)));

function sendAsks({ address, connections, actors, seconds }: HttpTask): Promise<Loaded> {
  return load(connections, seconds, () => post(`${address}/api/actors/counter/c${sent++ % actors}/commands/increment`));
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

/** Lines that are written at one time. */
const CHUNK = 64;

/** Streams of commands, each as fast as it is taken. Counts the answers within the time, and what a line waits for. */
async function sendLines({ address, connections, actors, seconds }: HttpTask): Promise<Loaded> {
  const endsAt = performance.now() + seconds * 1_000;
  const times: number[] = [];
  const stream = async () => {
    const headers = { "content-type": "application/x-ndjson" };
    const request = http.request(`${address}/api/commands`, { method: "POST", agent, headers });
    const sentAt: number[] = [];
    const answered = once(request, "response").then(async ([response]: http.IncomingMessage[]) => {
      for await (const chunk of response ?? []) {
        const now = performance.now();
        for (const byte of chunk as Buffer) {
          if (byte === NEWLINE && now < endsAt) times.push(now - (sentAt.shift() as number));
        }
      }
    });
    while (performance.now() < endsAt) {
      const lines = Array.from({ length: CHUNK }, () => line(sent++ % actors));
      const now = performance.now();
      for (let i = 0; i < CHUNK; i++) sentAt.push(now);
      if (!request.write(lines.join(""))) await once(request, "drain");
    }
    request.end();
    await answered;
  };
  await Promise.all(Array.from({ length: connections }, stream));
  if (times.length === 0) return { perSecond: 0, p50: seconds * 1_000, p99: seconds * 1_000 };
  const sorted = Float64Array.from(times).sort();
  return { perSecond: times.length / seconds, p50: quantile(sorted, 0.5), p99: quantile(sorted, 0.99) };
}

const NEWLINE = 10;

function line(n: number): string {
  return `{"type":"counter","key":["c${n}"],"command":"increment","payload":{"by":1}}\n`;
}
