import { setTimeout as sleep } from "node:timers/promises";
import { send, type UserCommand } from "./actors.ts";

/** The interval of sending commands, in milliseconds. */
const TICK_MS = 250;
const CUSTOMERS = 2_000;

/** A customer who comes now and then. */
export const regular = ["United Kingdom", "17641"];

/** The countries of customers outside the United Kingdom, the most frequent first. */
const abroad = [
  ...["Germany", "France", "Ireland", "Spain", "Belgium", "Netherlands"],
  ...["Switzerland", "Portugal", "Australia", "Italy", "Finland", "Norway"],
];

const products = [
  ...["85123A", "22423", "85099B", "47566", "84879", "20725", "22720", "22197", "23203", "20727", "22383", "22457"],
  ...["23298", "21212", "22382", "22086", "20728", "22138", "22469", "22386", "21034", "22411", "22961", "82482"],
];

/**
 * Simulates a shop's customers until the signal: they come and go in waves, view products, use the cart, log in. Each run
 * is the same.
 * @throws Error if a command is refused
 */
export async function shopTraffic(url: string, signal: AbortSignal): Promise<void> {
  const random = seeded(20101201);
  const customers = Array.from({ length: CUSTOMERS }, (_, i) => [countryOf(random), `${17_841 - i}`]);
  customers[200] = regular;
  for (let tick = 0; !signal.aborted; tick++) {
    const wave = 1 + 0.6 * Math.sin(tick / 37) + 0.35 * Math.sin(tick / 11);
    const count = Math.round(20 * wave * (0.6 + 0.8 * random()));
    const commands = Array.from({ length: count }, () => {
      return { key: among(customers, random() ** 3), ...anyCommand(random) };
    });
    await send(url, commands);
    await sleep(TICK_MS);
  }
}

function anyCommand(random: () => number): Omit<UserCommand, "key"> {
  const kind = random();
  if (kind < 0.1) return { command: "userLogin" };
  if (kind < 0.18) return { command: "useCart" };
  if (kind < 0.2) return { command: "setMarketingOptIn", payload: { optIn: random() < 0.7 } };
  return { command: "viewProduct", payload: { productId: among(products, random() ** 2) } };
}

function countryOf(random: () => number): string {
  return random() < 0.74 ? "United Kingdom" : among(abroad, random() ** 2);
}

/** The element at a fraction from 0 to 1. */
function among<T>(all: readonly T[], fraction: number): T {
  return all[Math.floor(all.length * fraction)]!;
}

/** Pseudo-random numbers from 0 to 1. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
