const units = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** A length of time: a whole number and a unit, as in `"30m"`. */
export type Duration = `${number}${keyof typeof units}`;

/**
 * Converts a duration to milliseconds.
 * @throws TypeError when the text is not a whole number followed by ms, s, m, h or d
 */
export function durationMs(text: string): number {
  const match = /^(\d{1,9})(ms|s|m|h|d)$/.exec(text);
  if (match === null) throw new TypeError(`"${text}" is not a duration such as 500ms, 30s, 5m, 2h or 7d.`);
  return Number(match[1]) * units[match[2] as keyof typeof units];
}

/** Formats milliseconds since 1970 as ISO 8601 in UTC, the only form in which times are stored and shown. */
export function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}
