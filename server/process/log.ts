import pino from "pino";
import pretty from "pino-pretty";

/** Where the server's parts write what they did. */
export interface Log extends Pick<pino.Logger, "debug" | "info" | "warn" | "error"> {
  /** A log whose every line carries the given values. */
  child(values: Record<string, unknown>): Log;
}

/**
 * The log on standard output: readable lines on a terminal, one JSON object a line elsewhere. It is written
 * synchronously, so that the last lines before an exit are not lost.
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
