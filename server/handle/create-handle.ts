import { decodeKey } from "../core/define/keys.ts";
import { errorBody } from "../core/errors.ts";
import type { Result } from "../protocol/errors.ts";
import type { Runtime } from "../runtime/api.ts";
import type { Handle } from "./handle.ts";

/** The handle on a runtime. Errors become values, because the other side has its own classes. */
export function createHandle(runtime: Runtime): Handle {
  const { inspector, mail } = runtime;
  return {
    types: () => inspector.types(),
    overview: () => inspector.overview(),
    typeStats: (type) => inspector.typeStats(type),
    mailCounts: () => inspector.mailCounts(),
    position: () => inspector.position(),
    actors: (query) => attempt(() => inspector.actors(query)),
    facets: (q) => attempt(() => inspector.facets(q)),
    actor: (type, keyText) => attempt(() => inspector.actor(type, keyText)),
    journal: (type, keyText, query) => attempt(() => inspector.journal(type, keyText, query)),
    checkpoints: (type, keyText) => attempt(() => inspector.checkpoints(type, keyText)),
    mailbox: (type, keyText, query) => attempt(() => mail.mailbox(type, keyText, query)),
    reminders: (type, keyText) => attempt(() => mail.reminders(type, keyText)),
    message: (id) => attempt(() => mail.message(id)),
    deadLetterGroups: () => attempt(() => mail.deadLetterGroups()),
    deadLetters: (query) => attempt(() => mail.deadLetters(query)),
    startRedrive: (request) => attempt(() => runtime.redrive(request)),
    redrives: () => attempt(() => mail.redrives()),
    redrive: (id) => attempt(() => mail.redrive(id)),
    stopRedrive: (id) => attempt(() => runtime.stopRedrive(id).then(() => mail.redrive(id))),
    intervene: (type, keyText, what) =>
      attempt(() => runtime.intervene(type, decodeKey(keyText), what).then(() => null)),
    fork: (type, keyText, request) => attempt(async () => (await runtime.fork(type, keyText, request)).keyText),
    writeCheckpoints: (type, keyText, after) => attempt(() => runtime.writeCheckpoints(type, keyText, after)),
    erase: (type, keyText) => attempt(() => runtime.erase(type, decodeKey(keyText)).then(() => null)),
    allowsChaos: () => runtime.allowsChaos,
    command: ({ keyText, ...request }) => attempt(() => runtime.ask({ ...request, key: decodeKey(keyText) })),
    tell: ({ keyText, ...request }) => attempt(() => runtime.tell({ ...request, key: decodeKey(keyText) })),
    query: ({ keyText, ...request }) => attempt(() => runtime.query({ ...request, key: decodeKey(keyText) })),
  };
}

async function attempt<T>(operation: () => Promise<T>): Promise<Result<T>> {
  try {
    return { ok: true, value: await operation() };
  } catch (error) {
    return { ok: false, error: errorBody(error) };
  }
}
