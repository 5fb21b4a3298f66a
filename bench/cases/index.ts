import type { Case } from "../lib/case.ts";
import { growth } from "./growth.ts";
import { http } from "./http.ts";
import { idle } from "./idle.ts";
import { limit } from "./limit.ts";
import { live } from "./live.ts";
import { recover } from "./recover.ts";
import { soak } from "./soak.ts";
import { time } from "./time.ts";
import { effects, history, hot, journal, send, state, tell } from "./turns.ts";

/** All cases, in the order in which they are measured. */
export const cases: readonly Case[] = [
  limit,
  journal,
  state,
  history,
  hot,
  tell,
  send,
  effects,
  http,
  live,
  recover,
  idle,
  growth,
  time,
  soak,
];
