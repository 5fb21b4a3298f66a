import pino from "pino";
import pretty from "pino-pretty";

/** The log that the server's parts write to. */
export interface Log extends Pick<pino.Logger, "debug" | "info" | "warn" | "error"> {
  /** A log that adds the given values to every line. */
  child(values: Record<string, unknown>): Log;
}

/**
 * A log on standard output: readable lines on a terminal, one JSON object per line elsewhere. It writes synchronously,
 * so that the last lines before an exit are not lost.
 */
export function createLog(level: pino.LevelWithSilent): Log {
  if (process.stdout.isTTY) {
    return pino({ level, base: null }, pretty({ sync: true, translateTime: "HH:MM:ss.l" }));
  }
  return pino({
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
  });
}
