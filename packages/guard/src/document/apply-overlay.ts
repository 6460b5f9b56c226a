import { selectByPath, type Selected } from "./json-path.ts";
import type { SourceDocument } from "./read-document.ts";
import { child, type DocumentSet, isRecord, type Located } from "./references.ts";

/**
 * Lays overlays (OpenAPI Overlay Specification 1.0) over a document, in their order. A fault of an
 * overlay is not read around: whoever wrote it for the gate means what it says.
 */
export function applyOverlays(
  source: SourceDocument,
  files: readonly string[],
  set: DocumentSet,
): SourceDocument {
  if (files.length === 0) return source;
  // What YAML repeats by an alias is one object, of which only one place may be meant.
  const value = JSON.parse(JSON.stringify(source.value)) as unknown;
  for (const file of files) {
    const overlay = set.open(file);
    if (overlay !== undefined)
      applyOverlay(value, { document: overlay, path: [], value: overlay.value }, set);
  }
  return { file: source.file, value, positionOf: (path) => source.positionOf(path) };
}

function applyOverlay(target: unknown, overlay: Located, set: DocumentSet): void {
  const version = child(overlay, "overlay");
  if (typeof version.value !== "string" || !/^1\.\d+\.\d+$/.test(version.value)) {
    set.fault(version, "this is not an overlay", { expected: "overlay: 1.0.0" });
    return;
  }
  const actions = child(overlay, "actions");
  if (!Array.isArray(actions.value)) {
    set.fault(actions, "an overlay holds a list of actions", {
      expected: "actions: [{ target: $.paths, update: ... }]",
    });
    return;
  }
  actions.value.forEach((_, index) => applyAction(target, child(actions, String(index)), set));
}

function applyAction(root: unknown, action: Located, set: DocumentSet): void {
  const { remove, target, update } = isRecord(action.value) ? action.value : {};
  if (typeof target !== "string" || (remove !== true && update === undefined)) {
    set.fault(action, "an action needs a target, and what becomes of it", {
      expected: "target: a JSONPath, with update or remove: true",
    });
    return;
  }
  const selected = select(root, target, child(action, "target"), set);
  if (remove === true) removeAll(selected);
  else
    for (const one of selected)
      if (!updateOne(one, update))
        set.fault(child(action, "update"), "only objects and lists can be updated", {
          expected: "a target that is an object or a list",
        });
}

function select(root: unknown, path: string, at: Located, set: DocumentSet): readonly Selected[] {
  try {
    const selected = selectByPath(root, path);
    if (selected.length === 0) set.fault(at, `'${path}' selects nothing`, { severity: "warning" });
    return selected;
  } catch (fault) {
    set.fault(at, `the JSONPath is not understood: ${(fault as Error).message}`, {
      expected: "names, indexes, *, .. and filters such as [?@.operationId == 'getAccount']",
    });
    return [];
  }
}

/** From the last to the first, so that the places of a list's other elements stay what they are. */
function removeAll(selected: readonly Selected[]): void {
  for (const { key, parent } of selected.toReversed())
    if (Array.isArray(parent)) parent.splice(Number(key), 1);
    else if (parent !== undefined) delete parent[key];
}

function updateOne({ value }: Selected, update: unknown): boolean {
  if (Array.isArray(value)) value.push(structuredClone(update));
  else if (isRecord(value) && isRecord(update)) merge(value, update);
  else return false;
  return true;
}

function merge(target: Record<string, unknown>, update: Readonly<Record<string, unknown>>): void {
  for (const [key, value] of Object.entries(update)) {
    const known = Object.hasOwn(target, key) ? target[key] : undefined;
    if (isRecord(known) && isRecord(value)) merge(known, value);
    else if (Array.isArray(known) && Array.isArray(value)) known.push(...(value as unknown[]));
    else
      Object.defineProperty(target, key, {
        value: structuredClone(value),
        enumerable: true,
        configurable: true,
        writable: true,
      });
  }
}
