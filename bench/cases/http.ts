import type { HttpTask } from "../children/http-load.ts";
import type { Case, Measured } from "../lib/case.ts";
import { INCREMENT, measureHttp } from "../lib/http.ts";
import { onServer } from "../lib/server.ts";
import type { Stage } from "../lib/stage.ts";

/** Streams, each with up to 1,024 unanswered lines. */
const STREAMS = 2;

/** Turns through the HTTP API. */
export const http: Case = {
  name: "http",
  about: "turns of counters, requested over HTTP by another process",
  async run(stage) {
    const { connections } = stage.size;
    return [
      { ...(await measure(stage, "asks", INCREMENT, connections)), note: `${connections} connections` },
      { ...(await measure(stage, "NDJSON", "/api/commands", STREAMS)), note: `${STREAMS} streams` },
    ];
  },
};

async function measure(stage: Stage, kind: HttpTask["kind"], path: string, connections: number): Promise<Measured> {
  const { actors } = stage.size;
  return stage.onDatabase((url) =>
    onServer(stage, url, async (_, address) => {
      const figures = await measureHttp(stage, { kind, url: `${address}${path}`, connections, actors });
      return { name: kind, figures };
    }),
  );
}
