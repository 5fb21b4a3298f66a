// @ts-check
import { register } from "tsx/esm/api";

// The loader of TypeScript is not there in other threads.
register();
await import("./thread.ts");
