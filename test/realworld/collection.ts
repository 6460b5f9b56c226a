import { readFileSync } from "node:fs";
import { createContext, runInContext } from "node:vm";

interface Item {
  readonly name: string;
  readonly item?: readonly Item[];
  readonly event?: readonly { readonly listen: string; readonly script: { exec: string[] } }[];
  readonly request?: {
    readonly method: string;
    readonly header: readonly { readonly key: string; readonly value: string }[];
    readonly body?: { readonly raw?: string };
    readonly url: string | { readonly raw: string };
  };
}

export interface Sent {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

/** How one request of the collection ended. */
export interface Ran {
  /** `METHOD /path`, by the collection's own names of what stands in it. */
  readonly what: string;
  readonly status: number;
  readonly held: readonly string[];
  readonly broken: readonly string[];
}

/**
 * Runs a Postman collection (2.1) in its order, as far as RealWorld's needs it: variables in two
 * braces, and scripts that know `tests`, `responseBody`, `responseCode` and `pm.globals`.
 */
export async function runCollection(
  file: string,
  variables: Readonly<Record<string, string>>,
  send: (sent: Sent) => Promise<{ readonly status: number; readonly text: string }>,
): Promise<readonly Ran[]> {
  const globals = new Map<string, string | number>(Object.entries(variables));
  const filled = (text: string): string =>
    text.replaceAll(/\{\{(\w+)\}\}/g, (whole, name: string) => String(globals.get(name) ?? whole));
  const ran: Ran[] = [];
  for (const { event = [], request } of leaves(
    JSON.parse(readFileSync(file, "utf8")) as { item: readonly Item[] },
  )) {
    const { body, header, method, url } = request;
    const address = typeof url === "string" ? url : url.raw;
    const raw = body?.raw ?? "";
    const { status, text } = await send({
      method,
      url: filled(address),
      headers: Object.fromEntries(header.map(({ key, value }) => [key, filled(value)])),
      body: raw === "" ? undefined : filled(raw),
    });
    const tests = testsOf(event, globals, status, text);
    ran.push({
      what: `${method} ${address.replace("{{APIURL}}", "")}`,
      status,
      held: Object.keys(tests).filter((name) => tests[name] === true),
      broken: Object.keys(tests).filter((name) => tests[name] !== true),
    });
  }
  return ran;
}

const leaves = ({ item = [] }: Pick<Item, "item">): (Item & Required<Pick<Item, "request">>)[] =>
  item.flatMap((one) =>
    one.request === undefined ? leaves(one) : [{ ...one, request: one.request }],
  );

/** What the scripts of one request say of its answer, by the names of their tests. */
function testsOf(
  events: NonNullable<Item["event"]>,
  globals: Map<string, string | number>,
  status: number,
  text: string,
): Readonly<Record<string, unknown>> {
  const tests: Record<string, unknown> = {};
  const context = createContext({
    tests,
    environment: {},
    responseBody: text,
    responseCode: { code: status },
    pm: {
      globals: {
        get: (name: string) => globals.get(name),
        set: (name: string, value: string | number) => void globals.set(name, value),
      },
    },
  });
  for (const { listen, script } of events) {
    if (listen !== "test") continue;
    try {
      runInContext(script.exec.join("\n"), context);
    } catch (fault) {
      tests[`the script runs: ${String(fault)}`] = false;
    }
  }
  return tests;
}
