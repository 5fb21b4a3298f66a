// Folds a history's file by itself: it shares no code with the project, and knows the format from its description alone.
// node e2e/fold-export.mjs FILE [SEQ…] prints the state at each seq, one JSON line each; without seqs, the last one.
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";

const [file, ...seqs] = process.argv.slice(2);
const wanted = new Set(seqs.map(Number));
const sum = createHash("sha256");
let line = 0;
let seq = 0;
let state;
let header;
let end;

for await (const text of createInterface({ input: createReadStream(file) })) {
  line += 1;
  const value = JSON.parse(text);
  if (end !== undefined) fail("something follows the last line");
  if (value.sha256 !== undefined) end = value;
  else sum.update(`${text}\n`);
  if (line === 1) begin(value);
  else if (end === undefined) take(value);
}
if (end === undefined) fail("the last line is missing");
if (end.count !== line - 2 || end.sha256 !== sum.digest("hex")) fail("count or checksum do not hold");
if (wanted.size === 0) print();

function begin(value) {
  header = value;
  if (header.format !== "greenroom-history" || header.version !== 1) fail("this is no history of version 1");
  seq = header.base.seq;
  state = header.base.state;
  if (wanted.has(seq)) print();
}

function take(entry) {
  seq += 1;
  if (entry.seq !== seq) fail(`entry ${seq} is missing`);
  const { state: whole, patches = [] } = entry.body;
  if (whole !== undefined) state = whole;
  else for (const { op, path, value } of patches) state = patched(state, op, path, value);
  if (wanted.has(seq)) print();
}

/** The value with what is at a path added, removed or replaced. Nothing is changed in place. */
function patched(value, op, [step, ...rest], given) {
  const copy = Array.isArray(value) ? [...value] : { ...value };
  if (rest.length > 0) copy[step] = patched(value[step], op, rest, given);
  else if (op === "remove" && Array.isArray(copy)) copy.splice(step, 1);
  else if (op === "remove") delete copy[step];
  else if (op === "add" && Array.isArray(copy)) copy.splice(step, 0, given);
  else copy[step] = given;
  return copy;
}

function print() {
  process.stdout.write(`${JSON.stringify({ seq, state: state ?? null })}\n`);
}

function fail(problem) {
  process.stderr.write(`${file}, line ${line}: ${problem}\n`);
  process.exit(1);
}
