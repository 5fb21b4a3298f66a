import { expectTypeOf, test } from "vitest";
import type { TellReply } from "../protocol/commands.ts";
import { Note } from "../testing/types/note.ts";
import type { Client } from "./client.ts";

test("a client of an actor has typed asks and tells", () => {
  const asked = (client: Client) => client.actor(Note, ["n1"]).write({ text: "" });
  const tell = (client: Client) => client.actor(Note, ["n1"]).tell.write({ text: "" }, { idempotencyKey: "k" });
  expectTypeOf(asked).returns.resolves.toEqualTypeOf<number>();
  expectTypeOf(tell).returns.resolves.toEqualTypeOf<TellReply>();
});

/** The compiler must refuse these. They are checked and never run. */
function _refused(client: Client) {
  // @ts-expect-error The payload has another type.
  client.actor(Note, ["n1"]).tell.write({ text: 1 });
  // @ts-expect-error A query cannot be a tell.
  client.actor(Note, ["n1"]).tell.read({});
  // @ts-expect-error There is no such command.
  client.actor(Note, ["n1"]).tell.fly({});
}
