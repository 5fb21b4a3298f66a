// @ts-check
import { register } from "tsx/esm/api";

// Worker threads do not inherit the TypeScript loader.
register();
await import("./thread.ts");
