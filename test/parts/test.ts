import { after, type TestContext, test as nodeTest, type TestOptions } from "node:test";
import { closeChromium } from "./chromium.ts";
import {
  everythingIsNeeded,
  type Find,
  findPart,
  type Part,
  PartMissing,
  reasonOf,
} from "./part.ts";
import { type PartName, parts, type PartValue } from "./parts.ts";
import { closeRedisCluster } from "./redis-cluster.ts";
import { closeRedisSentinel } from "./redis-sentinel.ts";

export type Given<Name extends PartName> = { readonly [Each in Name]: PartValue<Each> };

interface Needs<Name extends PartName> extends TestOptions {
  /** Parts from outside the repository, by their names in parts.ts. */
  readonly needs?: readonly Name[];
}

type Body<Name extends PartName> = (
  given: Given<Name>,
  context: TestContext,
) => Promise<void> | void;

after(closeChromium);
after(closeRedisCluster);
after(closeRedisSentinel);

/**
 * The `test` of node:test, for files in which some test needs parts from outside the repository.
 * Where one of them cannot be had, the test is skipped with the reason, or fails with it where
 * CI=true.
 *
 * @param body is given each part under its name
 */
export function test<Name extends PartName = never>(
  sentence: string,
  ...rest: [body: Body<Name>] | [options: Needs<Name>, body: Body<Name>]
): void {
  const [{ needs = [], ...options }, body] = rest.length === 1 ? [{}, rest[0]] : rest;
  const rows: readonly Row[] = needs.map((name) => {
    const part = parts[name] as Part<unknown, unknown>;
    return { name, part, found: findPart(name, part) };
  });
  const isNeeded = everythingIsNeeded && rows.every(({ part }) => part.optional === undefined);
  const missing = rows
    .flatMap(({ found, part }) => ("missing" in found ? [reasonOf(part, found.missing)] : []))
    .join("; ");
  if (missing !== "") {
    if (isNeeded) void nodeTest(sentence, () => failFor(missing));
    else void nodeTest(sentence, { skip: missing }, () => undefined);
    return;
  }
  void nodeTest(sentence, options, async (context) => {
    const given = await openAll(rows, context);
    if (typeof given !== "string") await body(given as Given<Name>, context);
    else if (isNeeded) failFor(given);
    else context.skip(given);
  });
}

interface Row {
  readonly name: PartName;
  readonly part: Part<unknown, unknown>;
  readonly found: Find<unknown>;
}

/** Every part under its name, or why one of them could not be opened. */
async function openAll(rows: readonly Row[], context: TestContext): Promise<object | string> {
  const given: Partial<Record<PartName, unknown>> = {};
  for (const { found, name, part } of rows) {
    if ("missing" in found) continue;
    try {
      given[name] = await part.open(found.place, context);
    } catch (fault) {
      if (fault instanceof PartMissing) return reasonOf(part, fault.message);
      throw fault;
    }
  }
  return given;
}

function failFor(reason: string): never {
  throw new Error(`CI=true asks for everything that tests need. ${reason}`);
}
