import { createLog } from "../server/process/log.ts";
import { Shutdown } from "../server/process/shutdown.ts";
import { setStage } from "./lib/stage.ts";
import { help, type Options, readOptions, UsageError } from "./options.ts";
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
    console.error(`${error.message}\nnpm run bench -- --help tells how it is used.`);
    process.exitCode = 2;
    return null;
  }
}

async function run(options: Options): Promise<void> {
  const log = createLog("error");
  const ending = new Shutdown(log);
  ending.watch();
  // Whoever read this is gone, as "head" is after its lines: there is nobody to tell.
  process.stdout.on("error", () => void ending.end(0));
  try {
    await measure(await setStage(ending, log, options.size), options);
    await ending.end(0);
  } catch (error) {
    ending.fail(error as Error);
  }
}
