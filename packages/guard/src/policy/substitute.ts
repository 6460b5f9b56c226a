import type { Fault } from "../document/api-document.ts";
import { child, type DocumentSet, isRecord, type Located } from "../document/references.ts";

type Environment = Readonly<Record<string, string | undefined>>;

const reference = /\$(\$?)\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}/g;

/** A policy whose variables were replaced, and the way to say faults without their values. */
export interface Substituted {
  readonly value: unknown;
  /** A variable may hold a secret: a message shows its name. */
  readonly withoutValues: (fault: Fault) => Fault;
}

/**
 * Puts the environment's values in place of `${NAME}` and `${NAME:-otherwise}` in every scalar. A
 * scalar that is one variable and nothing else may become a number or a flag. `$${NAME}` stays as
 * `${NAME}`.
 */
export function substitute(at: Located, environment: Environment, set: DocumentSet): Substituted {
  const shown = new Map<string, string>();
  const replace = (place: Located): unknown => {
    const { value } = place;
    if (Array.isArray(value)) return value.map((_, index) => replace(child(place, String(index))));
    if (isRecord(value))
      return Object.fromEntries(Object.keys(value).map((key) => [key, replace(child(place, key))]));
    if (typeof value !== "string" || !value.includes("${")) return value;
    const replaced = replaceOne(place, value, environment, set);
    for (const [found, said] of waysToShow(replaced, value)) shown.set(found, said);
    return replaced;
  };
  const value = replace(at);
  return {
    value,
    withoutValues: (fault) => {
      let { message } = fault;
      for (const [replaced, written] of shown) message = message.replaceAll(replaced, written);
      return message === fault.message ? fault : { ...fault, message };
    },
  };
}

/** Short numbers stand in messages for other things too, and are no secrets. */
const leastDigits = 6;

/** How a message may show the value, and what it shows in its place. */
function waysToShow(replaced: unknown, written: string): readonly (readonly [string, string])[] {
  const quoted = JSON.stringify(written);
  const json = JSON.stringify(replaced);
  if (typeof replaced !== "string") return json.length < leastDigits ? [] : [[json, quoted]];
  if (replaced === "") return [];
  return [
    [json, quoted],
    [`'${replaced}'`, `'${written}'`],
  ];
}

function replaceOne(
  at: Located,
  written: string,
  environment: Environment,
  set: DocumentSet,
): unknown {
  let whole = false;
  const replaced = written.replaceAll(
    reference,
    (found, escape: string, name: string, otherwise: string | undefined) => {
      if (escape !== "") return found.slice(1);
      whole = found === written;
      const value = environment[name] ?? otherwise;
      if (value === undefined)
        set.fault(at, `the variable ${name} is not set`, {
          mend: `Set ${name}, or write \${${name}:-otherwise}.`,
        });
      return value ?? "";
    },
  );
  return whole ? scalarOf(replaced) : replaced;
}

/** A variable is a text; what looks like a number or a flag is meant as one. */
export function scalarOf(text: string): unknown {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  return text === "true" ? true : text === "false" ? false : text;
}
