import type { Fault } from "../document/api-document.ts";
import { nearest } from "../reading/nearest-name.ts";
import type { PolicyPath } from "./join-context.ts";
import type { Said } from "./layers.ts";
import type { Fields } from "./object-shape.ts";
import { scalarOf } from "./substitute.ts";

const prefix = "PORTCULLIS_";
/** Variables by this prefix that are no settings. */
const others: ReadonlySet<string> = new Set([
  "PORTCULLIS_ENV",
  "PORTCULLIS_KEY",
  "PORTCULLIS_KEY_FILE",
  "PORTCULLIS_MODE",
  "PORTCULLIS_PROFILE",
]);

/** Stands in a name and a path for the index of an element. */
const anyIndex = "#";

/**
 * `PORTCULLIS_LISTEN_PORT` → `listen.port`: every scalar of the policy, its path in capitals. The
 * index of a list's element is a `#`: `PORTCULLIS_APIS_#_UPSTREAM`.
 */
export function environmentNames(format: {
  readonly fields: Fields;
}): ReadonlyMap<string, PolicyPath> {
  return new Map([["PORTCULLIS_MODE", ["mode"]], ...leaves(format, [])]);
}

interface Holds {
  readonly fields?: Readonly<Record<string, { readonly shape: unknown }>>;
  readonly items?: unknown;
}

function* leaves(shape: unknown, path: PolicyPath): Generator<[string, PolicyPath]> {
  const { fields, items } = shape as Holds;
  if (fields === undefined || path.length > 0)
    yield [
      `${prefix}${path.map((key) => key.replaceAll(/[A-Z]/g, "_$&").toUpperCase()).join("_")}`,
      path,
    ];
  if (items !== undefined) yield* leaves(items, [...path, anyIndex]);
  if (fields === undefined) return;
  for (const [key, field] of Object.entries(fields)) yield* leaves(field.shape, [...path, key]);
}

/**
 * The settings that the environment makes. A variable that is none of them is a fault: a misspelt
 * one would silently do nothing.
 */
export function overridePlaces(
  environment: Readonly<Record<string, string | undefined>>,
  format: { readonly fields: Fields },
): {
  readonly values: readonly Said[];
  readonly faults: readonly Fault[];
} {
  const values: Said[] = [];
  const faults: Fault[] = [];
  const names = environmentNames(format);
  for (const [name, text] of Object.entries(environment)) {
    if (!name.startsWith(prefix) || text === undefined || isOfOthers(name, text)) continue;
    const path = pathOf(name, names);
    if (path !== undefined) values.push([path, scalarOf(text), `(environment: ${name})`]);
    else if (!others.has(name)) {
      const meant = nearest(name, [...names.keys()]);
      faults.push({
        file: "(environment)",
        line: 1,
        column: 1,
        severity: "error",
        message: `${name} is no setting`,
        ...(meant === undefined ? {} : { mend: `Did you mean ${meant}?` }),
      });
    }
  }
  return { values, faults };
}

function pathOf(name: string, names: ReadonlyMap<string, PolicyPath>): PolicyPath | undefined {
  const known = names.get(name);
  if (known !== undefined) return known;
  const indexes = name.match(/(?<=_)\d{1,5}(?=_|$)/g) ?? [];
  const path = names.get(name.replaceAll(/(?<=_)\d{1,5}(?=_|$)/g, anyIndex));
  let at = 0;
  return path?.map((key) => (key === anyIndex ? String(Number(indexes[at++])) : key));
}

/**
 * Kubernetes and Docker links tell every container of a service called `portcullis` by variables of
 * this prefix. `PORTCULLIS_ADMIN_PORT` is a setting, but not when it holds `tcp://10.0.0.1:9443`.
 */
const ofService =
  /^PORTCULLIS(?:_[A-Z0-9_]+)?_(?:SERVICE_HOST|SERVICE_PORT(?:_[A-Z0-9_]+)?|PORT_\d+_(?:TCP|UDP|SCTP)(?:_(?:PROTO|PORT|ADDR))?|NAME|ENV_[A-Z0-9_]+)$/;

const isOfOthers = (name: string, text: string): boolean =>
  name.startsWith("PORTCULLIS_TEST_") ||
  ofService.test(name) ||
  (name.endsWith("_PORT") && /^(?:tcp|udp|sctp):\/\//.test(text));
