import type { Retention } from "../../protocol/actors.ts";

/**
 * What a type keeps of its past, if it may say so.
 * @throws TypeError when there is no past to keep, or a number is not a whole one from 1
 */
export function checkedRetention(type: string, retention: Retention, hasHistory: boolean): Retention {
  if (retention === "all") return retention;
  if (!hasHistory) {
    throw new TypeError(`${type}: a retention is of a journal, or of a durable state with history: true.`);
  }
  const numbers = Object.entries(retention);
  const [[unit, count] = ["", 0], ...others] = numbers;
  if ((unit === "entries" || unit === "days") && Number.isInteger(count) && count >= 1 && others.length === 0) {
    return retention;
  }
  throw new TypeError(`${type}: a retention is "all", { entries: N } or { days: N }; N is a whole number from 1.`);
}
