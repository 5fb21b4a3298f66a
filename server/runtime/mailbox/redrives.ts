import { randomUUID } from "node:crypto";
import { GreenroomError } from "../../core/errors.ts";
import type { RedriveInfo, RedriveRequest } from "../../protocol/mail.ts";
import type { Lanes } from "../lane/lanes.ts";
import type { ActorId, Address } from "../ports/ids.ts";
import { crashPoint } from "../shared/crash-points.ts";
import type { NodeDeps } from "../shared/deps.ts";
import { orUnavailable } from "../shared/refusals.ts";

/** Dead letters that are put back at a time. */
const PAGE = 200;
/** How often the outcome of a trial is checked, in milliseconds. */
const TRIAL_MS = 100;
/** How long to wait when the database cannot be reached, in milliseconds. */
const RETRY_MS = 1_000;

type RedrivesDeps = Pick<NodeDeps, "store" | "clock" | "log" | "mailSeqs" | "ended"> & { lanes: Lanes };

/**
 * Puts dead letters back into their mailboxes. A job of several letters tries one first; if that fails again, the others
 * stay. Jobs take turns, and one that a crash interrupted goes on at the next start.
 */
export class Redrives {
  readonly #deps: RedrivesDeps;
  #running = false;
  /** A job was started while jobs were being read. */
  #again = false;

  constructor(deps: RedrivesDeps) {
    this.#deps = deps;
  }

  async start(request: RedriveRequest): Promise<RedriveInfo> {
    const { store, clock } = this.#deps;
    const job = await orUnavailable(() => store.startRedrive(randomUUID(), request, clock.now()));
    if (job === null) throw new GreenroomError("not_found", "There are no such dead letters, or another job has them.");
    crashPoint("redrive: started");
    void this.run();
    return job;
  }

  stop(id: string): Promise<RedriveInfo> {
    const { store, clock } = this.#deps;
    return orUnavailable(async () => {
      await store.redriveMoved(id, "stopped", clock.now());
      const job = await store.redrive(id);
      if (job === null) throw new GreenroomError("not_found", `There is no redrive ${id}.`);
      return job;
    });
  }

  /** Runs all open jobs. Never rejects. */
  async run(): Promise<void> {
    this.#again = true;
    if (this.#running) return;
    this.#running = true;
    const { store, clock, log, ended } = this.#deps;
    while (!ended.aborted) {
      try {
        this.#again = false;
        const jobs = await store.openRedrives();
        if (jobs.length === 0 && !this.#again) break;
        let moved = this.#again;
        for (const { id, state } of jobs) {
          if (state === "running") await this.#movePage(id);
          moved = state === "running" || (await this.#try(id)) || moved;
        }
        if (!moved) await clock.sleep(TRIAL_MS, ended);
      } catch (error) {
        log.warn({ err: error }, "dead letters could not be put back; trying again");
        await clock.sleep(RETRY_MS, ended);
      }
    }
    this.#running = false;
  }

  /** Tries one letter of a job. Returns whether the job can go on. */
  async #try(job: string): Promise<boolean> {
    const { store, clock, mailSeqs } = this.#deps;
    const trial = await store.trial(job);
    if (trial === "waits") return false;
    if (trial === "passed") await store.passTrial(job);
    else if (trial === "failed") await store.redriveMoved(job, "failed", clock.now());
    else {
      const [letter] = await store.redriveLetters(job, 1);
      if (letter === undefined) return true;
      const mailSeq = mailSeqs.next();
      await store.beginTrial(job, letter.messageId, { actor: letter.id, mailSeq });
      crashPoint("redrive: trial chosen");
      await this.#move(job, letter, mailSeq);
      await store.redriveMoved(job, null, clock.now());
    }
    return true;
  }

  async #movePage(job: string): Promise<void> {
    const { store, clock } = this.#deps;
    const letters = await store.redriveLetters(job, PAGE);
    crashPoint("redrive: read");
    await Promise.all(letters.map((letter) => this.#move(job, letter, this.#deps.mailSeqs.next())));
    crashPoint("redrive: moved, not counted");
    // If the job was stopped meanwhile, this changes nothing.
    await store.redriveMoved(job, letters.length < PAGE ? "done" : null, clock.now());
  }

  #move(
    job: string,
    { id, type, keyText, messageId }: Address & { id: ActorId; messageId: string },
    mailSeq: number,
  ): Promise<void> {
    const { lanes } = this.#deps;
    return new Promise((resolve, reject) => {
      lanes.post({
        kind: "redrive",
        to: { type, keyText, id },
        mailSeq,
        messageId,
        job,
        settle: (error) => (error === null ? resolve() : reject(error)),
      });
    });
  }
}
