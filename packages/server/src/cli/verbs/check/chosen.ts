import { coverageOf, type Plan } from "@portcullis/guard/policy";
import { Misuse } from "../../terminal.ts";

/** What of a policy `check` was asked about. */
export interface Chosen {
  /** By the control's name. */
  readonly control: (name: string) => boolean;
  /** By operationId, or `METHOD /path`. */
  readonly operation: (name: string) => boolean;
  /** Columns of the table by their key, as they were asked for; undefined: all. */
  readonly columns: ReadonlySet<string> | undefined;
}

/**
 * What `--only owner,limits` and `--operation 'get*'` choose.
 *
 * @throws Misuse where nothing goes by a name
 */
export function chosenBy(
  plan: Plan,
  only: string | undefined,
  operation: string | undefined,
): Chosen {
  const { columns, rows } = coverageOf(plan);
  const controls = new Map<string, string>(columns.map(({ control, key }) => [key, control]));
  const names = only?.split(",").map((name) => name.trim()) ?? [];
  const known = [...controls.keys()];
  const unknown = names.find((name) => !controls.has(name));
  if (unknown !== undefined)
    throw new Misuse(`--only '${unknown}' is not understood; expected ${known.join(", ")}.`);
  const fits = operation === undefined ? () => true : compileGlob(operation);
  if (!rows.some(({ plan: { name } }) => fits(name)))
    throw new Misuse(`--operation '${operation}' chooses no operation of the documents.`);
  const asked = new Set(names.map((name) => controls.get(name)));
  return {
    control: (name) => only === undefined || asked.has(name),
    operation: fits,
    columns: only === undefined ? undefined : new Set(names),
  };
}

/** `get*`: a star stands for any characters. */
function compileGlob(glob: string): (name: string) => boolean {
  const parts = glob.split("*").map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
  const pattern = new RegExp(`^${parts.join("[^]*")}$`, "i");
  return (name) => pattern.test(name);
}
