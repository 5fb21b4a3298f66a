import { z } from "zod";
import { serveCalls } from "../../read/worker-calls.ts";
import type { FileCalls } from "./file-calls.ts";
import { FileHistory } from "./file-history.ts";

// A page's scripts may not be made from text.
z.config({ jitless: true });

let opened: FileHistory | null = null;

function history(): FileHistory {
  if (opened === null) throw new Error("No file is open.");
  return opened;
}

serveCalls<FileCalls>({
  async open(tell, file) {
    opened = await FileHistory.open(file, tell);
    return opened.info;
  },
  window: async (tell, at) => history().window(at, tell),
  changes: async (_tell, query) => history().changes(query),
  seqAt: async (_tell, time) => history().seqAt(time),
  entries: async (_tell, query) => history().entries(query),
});
