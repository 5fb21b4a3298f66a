const half = "\ud83d";

class Money {
  amount = 1;
}

class Steps extends Array<number> {}

function cyclic(): object {
  const value: { items: unknown[] } = { items: [] };
  value.items.push({ back: value });
  return value;
}

const hole: unknown[] = [1];
hole[2] = 3;

const accessor = Object.defineProperty({}, "now", { enumerable: true, get: () => 1 });

/** Values that JSON, or Postgres, cannot hold: what each is, what is said of it, and where in it the problem is. */
export const hostile: readonly [what: string, value: unknown, problem: string, path?: (string | number)[]][] = [
  ["undefined", undefined, "is undefined"],
  ["a member that is undefined", { a: [{ b: undefined }] }, "is undefined", ["a", 0, "b"]],
  ["a function", () => 1, "is a function"],
  ["a symbol", Symbol("s"), "is a symbol"],
  ["a bigint", 1n, "is a bigint"],
  ["NaN", Number.NaN, "is NaN"],
  ["infinity", Number.POSITIVE_INFINITY, "is Infinity"],
  ["negative infinity", Number.NEGATIVE_INFINITY, "is -Infinity"],
  ["a Date", new Date(0), "is a Date"],
  ["a Map", new Map(), "is a Map"],
  ["a Set", new Set(), "is a Set"],
  ["a RegExp", /x/, "is a RegExp"],
  ["a Promise", Promise.resolve(), "is a Promise"],
  ["a boxed string", new String("s"), "is a String"],
  ["bytes", new Uint8Array(1), "is a Uint8Array"],
  ["an instance of a class", new Money(), "is a Money"],
  ["an array of a class", new Steps(), "is a Steps"],
  ["an object with a prototype of its own", Object.create({ inherited: 1 }), "only plain objects"],
  ["an object that writes itself as another", { toJSON: () => 1 }, "is a function", ["toJSON"]],
  ["a cycle", cyclic(), "contains itself", ["items", 0, "back"]],
  ["a hole in an array", hole, "is a hole", [1]],
  ["an array with named members", /(x)/.exec("x"), "named members"],
  ["a symbol as a name", { [Symbol("s")]: 1 }, "has a symbol as a name"],
  ["a symbol as the name of an array's member", Object.assign([], { [Symbol("s")]: 1 }), "has a symbol as a name"],
  ["an accessor", accessor, "is an accessor", ["now"]],
  ["a setter", { set now(_: number) {} }, "is undefined", ["now"]],
  ["a member named __proto__", JSON.parse('{"__proto__":1}'), "is a reserved name", ["__proto__"]],
  ["U+0000", "a\u0000b", "U+0000"],
  ["a lone surrogate", `a${half}b`, "lone surrogate"],
  ["U+0000 in a name", { "a\u0000": 1 }, "U+0000", ["a\u0000"]],
  ["a lone surrogate in a name", { [half]: 1 }, "lone surrogate", [half]],
];
