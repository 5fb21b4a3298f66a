import path from "node:path";
import { z } from "zod";

/** All that can be set from outside, read once at the start. */
export interface Config {
  /** 0 takes any free port. */
  port: number;
  host: "127.0.0.1" | "::1" | "localhost";
  /** Absolute. Where the embedded Postgres keeps its data; unused when `databaseUrl` is set. */
  dataDir: string;
  databaseUrl: string | undefined;
  logLevel: "debug" | "info" | "warn" | "error" | "silent";
  limits: {
    maxActive: number;
    maxInFlight: number;
    inactivityCheckMs: number;
    /** Replaces every type's own time to passivation. */
    passivateAfterMs: number | undefined;
  };
  /** Where the counter asks for quotes. */
  quoteService: string;
  /** How long a handler may run before the process is ended. Milliseconds. */
  turnTimeoutMs: number;
  /** Wait while another server leads, and take over when it has ended. */
  standby: boolean;
  /** Whether people may crash single actors, to see them recover. */
  allowChaos: boolean;
  /** Console with hot reload instead of the built one. */
  dev: boolean;
}

/** What a command line and an environment ask for: to run, to be helped, or something that cannot be. */
export type ConfigReading =
  | { kind: "run"; config: Config }
  | { kind: "help"; text: string }
  | { kind: "invalid"; problem: string };

/** One environment variable. Empty means unset; `secret` keeps its value out of messages. */
interface Variable<T> {
  fallback: string | undefined;
  explained: string;
  accepted: string;
  schema: z.ZodType<T, string | undefined>;
  secret?: boolean;
}

const unitMs = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
/** Node's timers go no further than 2^31 ms. */
const MAX_DURATION_MS = 24 * unitMs.d;

const wholeNumber = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,10}$/)
    .transform(Number)
    .pipe(z.number().min(min).max(max));

const duration = z
  .string()
  .regex(/^\d{1,10}(ms|s|m|h|d)$/)
  .transform((text) => Number.parseInt(text, 10) * unitMs[text.replace(/\d+/, "") as keyof typeof unitMs])
  .pipe(z.number().min(1).max(MAX_DURATION_MS));

const variables = {
  PORT: {
    fallback: "3000",
    explained: "Port of the console, the sockets and the API.",
    accepted: "a whole number from 0 to 65535 (0 takes any free port)",
    schema: wholeNumber(0, 65_535),
  },
  HOST: {
    fallback: "127.0.0.1",
    explained: "Address to listen on; only this machine's own, since there is no login yet.",
    accepted: "127.0.0.1, ::1 or localhost, because there is no login yet to protect what others could reach",
    schema: z.enum(["127.0.0.1", "::1", "localhost"]),
  },
  DATA_DIR: {
    fallback: ".data",
    explained: "Directory of the embedded Postgres; not used with DATABASE_URL.",
    accepted: "a path",
    schema: z.string().transform((text) => path.resolve(text)),
  },
  DATABASE_URL: {
    fallback: undefined,
    explained: "A Postgres to use instead of the embedded one.",
    accepted: "a URL such as postgresql://user:password@host:5432/database",
    schema: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
    secret: true,
  },
  LOG_LEVEL: {
    fallback: "info",
    explained: "The least that is logged.",
    accepted: "debug, info, warn, error or silent",
    schema: z.enum(["debug", "info", "warn", "error", "silent"]),
  },
  MAX_ACTIVE_ACTORS: {
    fallback: "100000",
    explained: "Most actors in memory; beyond it the least recently used go first.",
    accepted: "a whole number from 1 to 10000000",
    schema: wholeNumber(1, 10_000_000),
  },
  MAX_IN_FLIGHT: {
    fallback: "20000",
    explained: "Most messages accepted and not yet answered; beyond it they are refused as overloaded.",
    accepted: "a whole number from 1 to 1000000",
    schema: wholeNumber(1, 1_000_000),
  },
  PASSIVATE_AFTER: {
    fallback: undefined,
    explained: "How long an idle actor stays in memory; replaces every type's own time.",
    accepted: "a duration such as 500ms, 30s, 5m or 2h, at most 24d",
    schema: duration.optional(),
  },
  INACTIVITY_CHECK: {
    fallback: "5m",
    explained: "How often idle actors are looked for.",
    accepted: "a duration such as 500ms, 30s, 5m or 2h, at most 24d",
    schema: duration,
  },
  TURN_TIMEOUT: {
    fallback: "10s",
    explained: "How long a handler may run; then the process is ended, since nothing else runs meanwhile.",
    accepted: "a duration such as 500ms, 30s, 5m or 2h, at most 24d",
    schema: duration,
  },
  QUOTE_SERVICE: {
    fallback: "http://127.0.0.1:3999",
    explained: 'Service that the example actor `counter` asks: GET /quotes/SYMBOL answers { "quote": … }.',
    accepted: "a URL such as http://127.0.0.1:3999",
    schema: z.url({ protocol: /^https?$/ }),
  },
  ALLOW_CHAOS: {
    fallback: "0",
    explained: "1 lets people crash single actors, to see them recover. Not for production.",
    accepted: "0 or 1",
    schema: z.enum(["0", "1"]).transform((text) => text === "1"),
  },
} satisfies Record<string, Variable<unknown>>;

const flags = {
  "--dev": "Serve the console with hot reload, from its sources.",
  "--standby": "Wait while another server leads on DATABASE_URL, and take over when it has ended.",
  "--help": "Print this, and do nothing else.",
};

/**
 * What the environment and the arguments (without node and script) ask for. Of several problems the first is told, in
 * one line that names the variable, its value and what is accepted.
 */
export function readConfig(env: Readonly<Record<string, string | undefined>>, argv: readonly string[]): ConfigReading {
  if (argv.includes("--help") || argv.includes("-h")) return { kind: "help", text: help() };
  const unknown = argv.find((argument) => !Object.hasOwn(flags, argument));
  if (unknown !== undefined) {
    return { kind: "invalid", problem: `Unknown option "${unknown}". Accepted: ${Object.keys(flags).join(", ")}.` };
  }
  const problems: string[] = [];
  const read = <T>(name: keyof typeof variables, variable: Variable<T>): T => {
    const text = env[name] || variable.fallback;
    const result = variable.schema.safeParse(text);
    if (!result.success) problems.push(refusal(name, variable, text));
    return result.data as T;
  };
  const config: Config = {
    port: read("PORT", variables.PORT),
    host: read("HOST", variables.HOST),
    dataDir: read("DATA_DIR", variables.DATA_DIR),
    databaseUrl: read("DATABASE_URL", variables.DATABASE_URL),
    logLevel: read("LOG_LEVEL", variables.LOG_LEVEL),
    limits: {
      maxActive: read("MAX_ACTIVE_ACTORS", variables.MAX_ACTIVE_ACTORS),
      maxInFlight: read("MAX_IN_FLIGHT", variables.MAX_IN_FLIGHT),
      inactivityCheckMs: read("INACTIVITY_CHECK", variables.INACTIVITY_CHECK),
      passivateAfterMs: read("PASSIVATE_AFTER", variables.PASSIVATE_AFTER),
    },
    turnTimeoutMs: read("TURN_TIMEOUT", variables.TURN_TIMEOUT),
    standby: argv.includes("--standby"),
    quoteService: read("QUOTE_SERVICE", variables.QUOTE_SERVICE),
    allowChaos: read("ALLOW_CHAOS", variables.ALLOW_CHAOS),
    dev: argv.includes("--dev"),
  };
  if (config.standby && config.databaseUrl === undefined) {
    problems.push("--standby needs DATABASE_URL: the embedded Postgres is one server's own.");
  }
  const [problem] = problems;
  return problem === undefined ? { kind: "run", config } : { kind: "invalid", problem };
}

/** Tells Next and React, which must not be loaded before, how they are run. */
export function setNodeEnvironment({ dev }: Config): void {
  Object.assign(process.env, { NODE_ENV: dev ? "development" : "production", NEXT_TELEMETRY_DISABLED: "1" });
}

function refusal(name: string, { secret, accepted }: Variable<unknown>, text: string | undefined): string {
  const value = secret ? "" : `="${text}"`;
  return `${name}${value} is refused; it takes ${accepted}.`;
}

function help(): string {
  const rows = Object.entries(variables).map(
    ([name, { fallback, explained }]) => `  ${name.padEnd(18)}${(fallback ?? "unset").padEnd(11)}${explained}`,
  );
  const options = Object.entries(flags).map(([flag, explained]) => `  ${flag.padEnd(29)}${explained}`);
  return [
    "Greenroom: durable actors on Postgres, with a live console.",
    "",
    "  npm start              build the console if need be, and serve it",
    "  npm run dev            the same with hot reload",
    "",
    `  ${"Variable".padEnd(18)}${"Default".padEnd(11)}Meaning`,
    ...rows,
    "",
    "Options, after --",
    ...options,
  ].join("\n");
}
