import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { chromium, type LaunchOptions } from "@playwright/test";

const root = path.join(import.meta.dirname, "..");
const execute = promisify(execFile);

/** Possible browsers: commands on the PATH, and macOS applications. */
const systemBrowsers = [
  ...["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"].flatMap(onPath),
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
];

/**
 * How to launch Chromium: `E2E_CHROMIUM`, otherwise Playwright's own, otherwise the system's, otherwise the one in the
 * dependencies.
 * @throws Error if there is none
 */
export async function findBrowser(): Promise<LaunchOptions> {
  const configured = process.env.E2E_CHROMIUM;
  if (configured) {
    if (await runs(configured)) return { executablePath: configured };
    throw new Error(`E2E_CHROMIUM=${configured} does not start. Set it to the path of a Chromium, or unset it.`);
  }
  if (existsSync(chromium.executablePath())) return {};
  for (const executablePath of systemBrowsers) {
    if (await runs(executablePath)) return { executablePath };
  }
  return bundledBrowser();
}

function onPath(command: string): string[] {
  const directories = (process.env.PATH ?? "").split(path.delimiter);
  return directories.map((directory) => path.join(directory, command)).filter((file) => existsSync(file));
}

/** Whether it is a browser: Ubuntu's `chromium-browser` may only print how to install one. */
async function runs(executable: string): Promise<boolean> {
  try {
    const { stdout } = await execute(executable, ["--version"], { timeout: 10_000 });
    return /\d+\.\d+\.\d+/.test(stdout);
  } catch {
    // Absent, or does not start.
    return false;
  }
}

/** The Chromium of `@sparticuz/chromium`, made for AWS Lambda, with its own libraries and font. */
async function bundledBrowser(): Promise<LaunchOptions> {
  if (process.platform !== "linux" || process.arch !== "x64") {
    throw new Error(
      "There is no Chromium on this machine. Run `npx playwright install chromium`, or set E2E_CHROMIUM.",
    );
  }
  const home = await unpacked();
  return {
    executablePath: path.join(home, "chromium"),
    env: {
      ...(process.env as Record<string, string>),
      LD_LIBRARY_PATH: path.join(home, "al2023/lib"),
      FONTCONFIG_FILE: path.join(home, "fonts.conf"),
    },
  };
}

/** The directory of the unpacked browser; created atomically if absent. */
async function unpacked(): Promise<string> {
  const manifest = await readFile(path.join(root, "node_modules/@sparticuz/chromium/package.json"), "utf8");
  const { version } = JSON.parse(manifest) as { version: string };
  const cache = path.join(root, "node_modules/.cache");
  const home = path.join(cache, `greenroom-chromium-${version}`);
  if (existsSync(home)) return home;
  await mkdir(cache, { recursive: true });
  const partial = await mkdtemp(`${home}-`);
  try {
    await unpack(partial);
    await writeFile(path.join(partial, "fonts.conf"), fontConfiguration(home));
    await rename(partial, home);
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    // Another process was faster.
    if (!existsSync(home)) throw error;
  }
  return home;
}

/** The package unpacks into the temporary directory, and its libraries only on Lambda. */
async function unpack(directory: string): Promise<void> {
  const program = 'import chromium from "@sparticuz/chromium"; await chromium.executablePath();';
  await execute(process.execPath, ["--input-type=module", "--eval", program], {
    cwd: root,
    env: { ...process.env, TMPDIR: directory, AWS_EXECUTION_ENV: "AWS_Lambda_nodejs20.x" },
  });
}

function fontConfiguration(home: string): string {
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${home}/fonts</dir>
  <cachedir>${home}/fonts-cache</cachedir>
</fontconfig>
`;
}
