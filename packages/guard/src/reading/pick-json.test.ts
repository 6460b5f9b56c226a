import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { test } from "../../../../test/parts/test.ts";
import { compilePickJson } from "./pick-json.ts";
import { readStrictJson } from "./strict-json.ts";

type Pointer = readonly string[];

/** As controls walk to a place; `at` is whether it is there. */
function walk(value: unknown, pointer: Pointer): { readonly at?: unknown } {
  let here = value;
  for (const name of pointer) {
    if (typeof here !== "object" || here === null || !Object.hasOwn(here, name)) return {};
    here = (here as Record<string, unknown>)[name];
  }
  return { at: here };
}

/** Every way into a value, to its third floor. */
function pointersInto(value: unknown, from: Pointer = []): Pointer[] {
  if (typeof value !== "object" || value === null || from.length === 3)
    return from.length === 0 ? [] : [from];
  const own = Object.entries(value).flatMap(([name, part]) => pointersInto(part, [...from, name]));
  return from.length === 0 ? own : [from, ...own];
}

const readWhole = (bytes: Buffer): { readonly value: unknown } | undefined => {
  try {
    return { value: JSON.parse(bytes.toString()) };
  } catch {
    return undefined;
  }
};

const isScalar = (value: unknown): boolean => typeof value !== "object" || value === null;
/** Whether a place can be picked: through objects alone, to what is no list and no object. */
const isPlain = (value: unknown, pointer: Pointer): boolean =>
  pointer.every((_, floor) => !Array.isArray(walk(value, pointer.slice(0, floor)).at)) &&
  isScalar(walk(value, pointer).at);

/** @returns whether anything was picked */
function holdsToParser(bytes: Buffer, pointer: Pointer): boolean {
  const pick = compilePickJson([pointer]);
  const picked = pick?.(bytes);
  const whole = readWhole(bytes);
  const said = `${pointer.join("/")} of ${bytes.toString("latin1").slice(0, 200)}`;
  if (picked !== undefined) {
    assert.notEqual(whole, undefined, said);
    assert.deepEqual(walk(picked.picked, pointer), walk(whole?.value, pointer), said);
    return true;
  }
  const strict = readStrictJson(bytes);
  if ("unread" in strict || pick === undefined) return false;
  const isObject = !isScalar(strict.value) && !Array.isArray(strict.value);
  assert.ok(!isObject || !isPlain(strict.value, pointer), `not picked: ${said}`);
  return false;
}

const guesses: readonly Pointer[] = [["a"], ["b"], ["a", "b"], ["asd"], ["é"], ["nowhere"]];

test("what is picked of the texts of the public suite is what parsers find there", {
  needs: ["suites"],
}, ({ suites }) => {
  const folder = join(suites, "json-test-suite", "test_parsing");
  let picked = 0;
  for (const file of readdirSync(folder)) {
    const text = readFileSync(join(folder, file));
    // As it is, and within an object, behind which a place stands.
    for (const bytes of [
      text,
      Buffer.concat([Buffer.from('{"x":'), text, Buffer.from(',"a":"own"}')]),
    ]) {
      const inside = pointersInto(readWhole(bytes)?.value).slice(0, 20);
      for (const pointer of [...guesses, ...inside]) if (holdsToParser(bytes, pointer)) picked += 1;
    }
  }
  assert.ok(picked > 400, `${picked} times`);
});

const names = fc.constantFrom("a", "b", "c", "aa", "__proto__", "length", "0", "", "é");
const values = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.constantFrom(null, true, false, 0, -1, 1.5, 1e21, "own", 'q"\\', "\u2028é😀", ""),
    fc.array(tie("value"), { maxLength: 3 }),
    // As pairs: a text may hold a name twice.
    fc.array(fc.tuple(names, tie("value")), { maxLength: 4 }).map((pairs) => new Members(pairs)),
  ),
})).value;

class Members {
  readonly pairs: readonly (readonly [string, unknown])[];

  constructor(pairs: readonly (readonly [string, unknown])[]) {
    this.pairs = pairs;
  }
}

/** Written with blanks here and there, and with names that are escaped here and there. */
function write(value: unknown, next: () => number): string {
  const blank = (): string => ["", "", " ", "\n\t", "\r"][next() % 5] as string;
  const list = (parts: readonly string[]): string => parts.join(`${blank()},${blank()}`);
  if (Array.isArray(value))
    return `[${blank()}${list(value.map((one) => write(one, next)))}${blank()}]`;
  if (!(value instanceof Members)) return JSON.stringify(value);
  const members = value.pairs.map(([name, part]) => {
    const spelled =
      next() % 4 === 0
        ? `"${name.replaceAll(/./g, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`)}"`
        : JSON.stringify(name);
    return `${spelled}${blank()}:${blank()}${write(part, next)}`;
  });
  return `{${blank()}${list(members)}${blank()}}`;
}

const pointers = fc.array(names, { minLength: 1, maxLength: 3 });

test("what is picked of texts that nobody has thought of is what parsers find there", () => {
  let picked = 0;
  fc.assert(
    fc.property(
      fc.array(fc.tuple(names, values), { maxLength: 5 }),
      pointers,
      fc.infiniteStream(fc.nat(255)),
      fc.nat(5),
      (pairs, pointer, numbers, harm) => {
        const next = (): number => numbers.next().value ?? 0;
        const bytes = Buffer.from(write(new Members(pairs), next));
        // Some are cut, and of some one byte is another.
        const [at, put] = [next() % bytes.length, next()];
        if (harm === 1) bytes[at] = put;
        const text = harm === 2 ? bytes.subarray(0, at) : bytes;
        if (holdsToParser(text, pointer)) picked += 1;
      },
    ),
    { seed: 20_261_122, numRuns: 6000 },
  );
  assert.ok(picked > 2000, `${picked} times`);
});

const owner = compilePickJson([["customerId"], ["meta", "state"]]);
const pickedOf = (text: string): unknown => owner?.(Buffer.from(text))?.picked;

test("several places are picked at once, and nothing else is made of the text", () => {
  const text =
    '{"id":"x","meta":{"state":"open","by":[1]},"list":[{"customerId":"y"}],"customerId":7}';
  assert.deepEqual(JSON.stringify(pickedOf(text)), '{"meta":{"state":"open"},"customerId":7}');
});

const uncertain: Readonly<Record<string, string>> = {
  "a name that stands twice": '{"customerId":"me","customerId":"you"}',
  "a name that stands twice, once escaped": '{"customerId":"me","customer\\u0049d":"you"}',
  "an object on the way that stands twice": '{"meta":{"state":1},"meta":{}}',
  "a list where an object is expected": '{"meta":[]}',
  "an object where a value is expected": '{"customerId":{"id":"me"}}',
  "a list at the top": '[{"customerId":"me"}]',
  "a text behind the text": '{"customerId":"me"} {}',
  "a text that has no end": '{"customerId":"me"',
  "a byte order mark": '\ufeff{"customerId":"me"}',
  "deeper than sixty-four": `{"customerId":"me","x":${"[".repeat(64)}${"]".repeat(64)}}`,
};
for (const [what, text] of Object.entries(uncertain))
  test(`of ${what} nothing is picked: the text is read`, () => {
    assert.equal(pickedOf(text), undefined);
  });

test("pointers that cannot be picked are read with the whole text", () => {
  for (const one of [[], [["*"]], [["a", "*"]], [["é"]], [['"']], [["a"], ["a", "b"]], [[]]])
    assert.equal(compilePickJson(one), undefined, JSON.stringify(one));
});
