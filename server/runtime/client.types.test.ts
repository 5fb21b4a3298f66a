import { expectTypeOf, test } from "vitest";
import type { TellReply } from "../protocol/commands.ts";
import { Note } from "../testing/types/note.ts";
import type { Client } from "./client.ts";

test("a client of an actor asks and tells with the types of its commands", () => {
  const asked = (client: Client) => client.actor(Note, ["n1"]).write({ text: "" });
  const told = (client: Client) => client.actor(Note, ["n1"]).tell.write({ text: "" }, { idempotencyKey: "k" });
  expectTypeOf(asked).returns.resolves.toEqualTypeOf<number>();
  expectTypeOf(told).returns.resolves.toEqualTypeOf<TellReply>();
});

/** What the compiler must refuse. It is checked and never run. */
function _refused(client: Client) {
  // @ts-expect-error A payload has another type.
  client.actor(Note, ["n1"]).tell.write({ text: 1 });
  // @ts-expect-error A query is not told.
  client.actor(Note, ["n1"]).tell.read({});
  // @ts-expect-error There is no such command.
  client.actor(Note, ["n1"]).tell.fly({});
}
