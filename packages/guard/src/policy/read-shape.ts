import { resolve } from "node:path";
import type { Fault } from "../document/api-document.ts";
import { DocumentSet } from "../document/references.ts";
import type { Shape } from "./shape.ts";

/** Reads a file that is no policy, by a shape of its own. Undefined where it is not understood. */
export function readShape<T>(
  file: string,
  shape: Shape<T>,
): { readonly value: T | undefined; readonly faults: readonly Fault[] } {
  const set = new DocumentSet();
  const document = set.open(resolve(file), { bareTemplates: true });
  const value =
    document === undefined
      ? undefined
      : shape.read({ document, path: [], value: document.value }, set);
  return { value: set.faults.length > 0 ? undefined : value, faults: set.faults };
}
