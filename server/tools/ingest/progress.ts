import { SingleBar } from "cli-progress";

/** Milliseconds between updates of the bar, and between lines if there is no terminal. */
const BAR_MS = 100;
const LINE_MS = 5_000;

/** Shows the progress of one file with rate and time left: a bar on a terminal, otherwise a line every few seconds. */
export class Progress {
  readonly #file: string;
  readonly #total: number;
  readonly #bar: SingleBar | null;
  readonly #startedAt = performance.now();
  #shownAt = performance.now();

  /** @param total the number of lines of the file */
  constructor(file: string, total: number) {
    this.#file = file;
    this.#total = total;
    this.#bar = process.stderr.isTTY ? makeBar(file) : null;
    this.#bar?.start(total, 0, { rate: "-", left: "-" });
  }

  /** Reports that all lines up to this one are done. */
  done(line: number): void {
    const now = performance.now();
    if (now - this.#shownAt < (this.#bar === null ? LINE_MS : BAR_MS)) return;
    this.#shownAt = now;
    const perSecond = (line * 1_000) / (now - this.#startedAt);
    const rate = Math.round(perSecond).toLocaleString("en");
    const left = formatSeconds((this.#total - line) / perSecond);
    if (this.#bar !== null) {
      this.#bar.update(line, { rate, left });
      return;
    }
    const percent = Math.floor((100 * line) / this.#total);
    process.stderr.write(
      `${this.#file}: line ${line} of ${this.#total} (${percent}%), ${rate} lines/s, ${left} left\n`,
    );
  }

  /** Removes the bar. */
  stop(): void {
    this.#bar?.stop();
  }
}

function makeBar(file: string): SingleBar {
  return new SingleBar({
    format: `${file} {bar} {percentage}% | {value}/{total} lines | {rate} lines/s | {left} left`,
    barCompleteChar: "█",
    barIncompleteChar: "░",
    barsize: 24,
    clearOnComplete: true,
    hideCursor: null,
    linewrap: null,
    gracefulExit: false,
  });
}

/** A duration: `45 s`, `3 min 20 s`, `2 h 5 min`. */
export function formatSeconds(seconds: number): string {
  const whole = Math.ceil(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3_600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3_600)} h ${Math.floor((whole % 3_600) / 60)} min`;
}
