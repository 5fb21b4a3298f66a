import path from "node:path";
import { z } from "zod";

/** The settings, read once at the start. */
export interface Config {
  /** 0 takes any free port. */
  port: number;
  host: "127.0.0.1" | "::1" | "localhost";
  /** The absolute path of the embedded Postgres' data; unused when `databaseUrl` is set. */
  dataDir: string;
  databaseUrl: string | undefined;
  logLevel: "debug" | "info" | "warn" | "error" | "silent";
  limits: {
    maxActive: number;
    maxInFlight: number;
    inactivityCheckMs: number;
    /** Overrides the time to passivation of all types. */
    passivateAfterMs: number | undefined;
  };
  /** The URL from which the example actor `counter` reads quotes. */
  quoteService: string;
  /** How long a handler may run before the process exits, in milliseconds. */
  turnTimeoutMs: number;
  /** Wait while another server leads, and take over when it ends. */
  standby: boolean;
  /** Whether users may crash single actors, to see them recover. */
  allowChaos: boolean;
  /** Serve the console from its sources with hot reload. */
  dev: boolean;
}

/** How a command line and an environment were understood. */
export type ConfigReading =
  | { kind: "run"; config: Config }
  | { kind: "help"; text: string }
  | { kind: "invalid"; problem: string };

/** An environment variable. Empty means unset; the value of a `secret` one never appears in messages. */
interface Variable<T> {
  fallback: string | undefined;
  explained: string;
  accepted: string;
  schema: z.ZodType<T, string | undefined>;
  secret?: boolean;
}

const unitMs = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
/** Node's timers are limited to 2^31 ms. */
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
    explained: "Address to listen on; only this machine's own, because there is no login yet.",
    accepted: "127.0.0.1, ::1 or localhost, because there is no login yet",
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
    explained: "Lowest level that is logged.",
    accepted: "debug, info, warn, error or silent",
    schema: z.enum(["debug", "info", "warn", "error", "silent"]),
  },
  MAX_ACTIVE_ACTORS: {
    fallback: "100000",
    explained: "Maximum number of actors in memory; the least recently used are passivated first.",
    accepted: "a whole number from 1 to 10000000",
    schema: wholeNumber(1, 10_000_000),
  },
  MAX_IN_FLIGHT: {
    fallback: "20000",
    explained: "Maximum number of accepted messages without a reply; more are refused as overloaded.",
    accepted: "a whole number from 1 to 1000000",
    schema: wholeNumber(1, 1_000_000),
  },
  PASSIVATE_AFTER: {
    fallback: undefined,
    explained: "How long an idle actor stays in memory; overrides the times of all types.",
    accepted: "a duration such as 500ms, 30s, 5m or 2h, up to 24d",
    schema: duration.optional(),
  },
  INACTIVITY_CHECK: {
    fallback: "5m",
    explained: "How often to look for idle actors.",
    accepted: "a duration such as 500ms, 30s, 5m or 2h, up to 24d",
    schema: duration,
  },
  TURN_TIMEOUT: {
    fallback: "10s",
    explained: "How long a handler may run before the process exits, because it blocks everything else.",
    accepted: "a duration such as 500ms, 30s, 5m or 2h, up to 24d",
    schema: duration,
  },
  QUOTE_SERVICE: {
    fallback: "http://127.0.0.1:3999",
    explained: 'Service that the example actor `counter` calls: GET /quotes/SYMBOL returns { "quote": … }.',
    accepted: "a URL such as http://127.0.0.1:3999",
    schema: z.url({ protocol: /^https?$/ }),
  },
  ALLOW_CHAOS: {
    fallback: "0",
    explained: "1 lets users crash single actors, to see them recover. Not for production.",
    accepted: "0 or 1",
    schema: z.enum(["0", "1"]).transform((text) => text === "1"),
  },
} satisfies Record<string, Variable<unknown>>;

const flags = {
  "--dev": "Serve the console from its sources, with hot reload.",
  "--standby": "Wait while another server leads on DATABASE_URL, and take over when it ends.",
  "--help": "Print this help and exit.",
};

/**
 * Reads the environment and the arguments (without node and script). It reports the first problem, in one line with the
 * variable, its value and what is accepted.
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
    problems.push("--standby needs DATABASE_URL: only one server can use the embedded Postgres.");
  }
  const [problem] = problems;
  return problem === undefined ? { kind: "run", config } : { kind: "invalid", problem };
}

/** Sets the environment variables of Next and React. Call it before they are loaded. */
export function setNodeEnvironment({ dev }: Config): void {
  Object.assign(process.env, { NODE_ENV: dev ? "development" : "production", NEXT_TELEMETRY_DISABLED: "1" });
}

function refusal(name: string, { secret, accepted }: Variable<unknown>, text: string | undefined): string {
  const value = secret ? "" : `="${text}"`;
  return `${name}${value} is invalid; expected ${accepted}.`;
}

function help(): string {
  const rows = Object.entries(variables).map(
    ([name, { fallback, explained }]) => `  ${name.padEnd(18)}${(fallback ?? "unset").padEnd(11)}${explained}`,
  );
  const options = Object.entries(flags).map(([flag, explained]) => `  ${flag.padEnd(29)}${explained}`);
  return [
    "Greenroom: durable actors on Postgres, with a live console.",
    "",
    "  npm start              build the console if needed, and serve it",
    "  npm run dev            the same with hot reload",
    "",
    `  ${"Variable".padEnd(18)}${"Default".padEnd(11)}Meaning`,
    ...rows,
    "",
    "Options, after --",
    ...options,
  ].join("\n");
}
