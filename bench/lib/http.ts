import type { HttpTask } from "../children/http-load.ts";
import type { Measured } from "./case.ts";
import type { Loaded } from "./load.ts";
import type { Stage } from "./stage.ts";
import { costOf, type Processes } from "./usage.ts";

/** The path that increments the counter `c{n}`. */
export const INCREMENT = "/api/actors/counter/c{n}/commands/increment";

/**
 * Measures a server with requests from another process, after a warm-up.
 * @param server the pids of the server, if it is not this process
 */
export async function measureHttp(
  stage: Stage,
  task: Omit<HttpTask, "seconds">,
  server?: readonly number[],
): Promise<Measured["figures"]> {
  const { seconds, warmUp } = stage.size;
  const child = stage.spawn(new URL("../children/http-load.ts", import.meta.url));
  const send = (time: number) => child.ask<Loaded>({ ...task, seconds: time } satisfies HttpTask);
  const processes: Processes = { client: [child.pid], ...(server === undefined ? {} : { server }) };
  try {
    await send(warmUp);
    const [loaded, used] = await stage.watched(() => send(seconds), processes);
    return { ...loaded, ...used, ...costOf(loaded.perSecond, used) };
  } finally {
    await child.kill();
  }
}
