import type { Operation } from "./api-document.ts";
import type { RouteReading } from "./dialects.ts";
import { compileSegmentReading } from "./segment-spelling.ts";

/** Another path of the document that a router could take for an operation's, or it for the other. */
export interface SiblingPath {
  readonly path: string;
  /**
   * `parameter`: a value of the operation's parameter can be a spelling of the other path.
   * `spelling`: both differ by what the router does not tell apart.
   */
  readonly by: "parameter" | "spelling";
}

/** The paths beside an operation's that a router which reads so may confuse with it. */
export function siblingsOf(
  { pathTemplate }: Operation,
  operations: readonly Operation[],
  reading: RouteReading,
): readonly SiblingPath[] {
  const { plain } = compileSegmentReading(reading);
  const spell = (segment: string): string => (isTemplate(segment) ? "{}" : plain(segment));
  const segmentsOf = (path: string): readonly string[] =>
    (reading.trailingSlash ? path.replace(/(?<=.)\/$/, "") : path).slice(1).split("/").map(spell);
  const own = segmentsOf(pathTemplate);
  const others = new Set(operations.map((operation) => operation.pathTemplate));
  others.delete(pathTemplate);
  return [...others].flatMap((path): readonly SiblingPath[] => {
    const by = confusion(own, segmentsOf(path));
    return by === undefined ? [] : [{ path, by }];
  });
}

const isTemplate = (segment: string): boolean => segment.includes("{");

function confusion(
  own: readonly string[],
  other: readonly string[],
): SiblingPath["by"] | undefined {
  if (own.length !== other.length) return undefined;
  let by: SiblingPath["by"] = "spelling";
  for (let index = 0; index < own.length; index += 1) {
    if (own[index] === other[index]) continue;
    if (own[index] !== "{}" && other[index] !== "{}") return undefined;
    // Where the other has the parameter first, the question is asked of the other.
    if (by === "spelling" && own[index] !== "{}") return undefined;
    by = "parameter";
  }
  return by;
}
