import { createLog } from "../server/process/log.ts";
import { Shutdown } from "../server/process/shutdown.ts";
import { UsageError } from "../server/tools/command-line.ts";
import { setStage } from "./lib/stage.ts";
import { help, type Options, readOptions } from "./options.ts";
import { measure } from "./suite.ts";

const options = read(process.argv.slice(2));
if (options !== null) await run(options);

function read(argv: readonly string[]): Options | null {
  try {
    const options = readOptions(argv);
    if (options === null) console.log(help);
    return options;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(`${error.message}\nSee npm run bench -- --help.`);
    process.exitCode = 2;
    return null;
  }
}

async function run(options: Options): Promise<void> {
  const log = createLog("error");
  const shutdown = new Shutdown(log);
  shutdown.watch();
  // The reader of this output is gone, as in `npm run bench | head`.
  process.stdout.on("error", () => void shutdown.end(0));
  try {
    await measure(await setStage(shutdown, log, options.size), options);
    await shutdown.end(0);
  } catch (error) {
    shutdown.fail(error as Error);
  }
}
