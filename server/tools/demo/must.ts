/**
 * Makes sure that what the demo is about to say is so.
 * @throws Error when it is not
 */
export function must(condition: boolean, claim: string): asserts condition {
  if (!condition) throw new Error(`The demo went wrong: it is not so that ${claim}.`);
}
