import { createApi } from "../../server/api/api.ts";
import { openListener } from "../../server/http/listener.ts";
import { isAllowedOrigin } from "../../server/http/origin.ts";
import { systemClock } from "../../server/runtime/shared/system-clock.ts";
import { attachStream } from "../../server/stream/stream.ts";
import { type Node, onNode } from "./node.ts";
import type { Stage } from "./stage.ts";

/** Runs `work` on a node with API and stream: a server without the console's pages. */
export async function onServer<T>(
  stage: Stage,
  url: string,
  work: (node: Node, address: string) => Promise<T>,
): Promise<T> {
  return onNode(stage.log, url, async (node) => {
    const { runtime, store } = node;
    const listener = await openListener("127.0.0.1", 0);
    const health = { ready: () => store.ping().then(() => true) };
    const api = await createApi(runtime, health, stage.log);
    const stream = attachStream(listener.server, runtime, systemClock, stage.log, isAllowedOrigin);
    listener.open((request, response) => {
      if (api.serves(request.url ?? "")) api.handle(request, response);
      else response.writeHead(404).end();
    });
    try {
      return await work(node, listener.url);
    } finally {
      listener.shut();
      await stream.close();
      await api.close();
      await listener.close();
    }
  });
}
