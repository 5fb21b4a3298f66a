import type { HttpTask } from "../children/http-load.ts";
import type { Case, Measured } from "../lib/case.ts";
import type { Loaded } from "../lib/load.ts";
import { onServer } from "../lib/server.ts";
import type { Stage } from "../lib/stage.ts";
import { costOf } from "../lib/usage.ts";

/** Streams of lines, each with up to 1,024 lines under way. */
const STREAMS = 2;

/** The same turns through the HTTP API, from another process. */
export const http: Case = {
  name: "http",
  about: "turns of counters asked for over HTTP by another process",
  async run(stage) {
    const { connections } = stage.size;
    return [
      { ...(await measureHttp(stage, "asks", connections)), note: `${connections} connections` },
      { ...(await measureHttp(stage, "NDJSON", STREAMS)), note: `${STREAMS} streams` },
    ];
  },
};

async function measureHttp(stage: Stage, kind: HttpTask["kind"], connections: number): Promise<Measured> {
  const { actors, seconds, warmUp } = stage.size;
  return stage.onDatabase((url) =>
    onServer(stage, url, async (_, address) => {
      const child = stage.spawn("http-load");
      const send = (time: number) => child.ask<Loaded>({ kind, address, connections, actors, seconds: time });
      try {
        await send(warmUp);
        const [loaded, used] = await stage.watched(() => send(seconds), child);
        return { name: kind, figures: { ...loaded, ...used, ...costOf(loaded.perSecond, used) } };
      } finally {
        await child.kill();
      }
    }),
  );
}
