import type { Refusal } from "../../facts/refusal.ts";
import type { Check } from "../check.ts";
import { foldName } from "./field-namespaces.ts";
import type { RequestFieldRules } from "./field-rules.ts";
import { malformed } from "./read-fields.ts";

/**
 * Gives the fields of one operation one spelling each. Servers that make variables of fields take
 * `X_Account_Id` for `X-Account-Id`: whichever was not judged would then stand where the judged one
 * is looked for.
 *
 * @param declared names of fields that the operation's parameters and rules read
 * @param rules remembers spellings
 */
export function compileOneSpelling(
  declared: readonly string[],
  rules: RequestFieldRules,
): Check<"fieldDoubts", "forwardFields"> {
  const readAs = spellingsByFold(declared);
  // `X_Account_Id` is declared, and `X-Account-Id` is no odd spelling by itself.
  const always = [...readAs].some(([fold, spellings]) => !spellings.has(fold));
  return (known) => {
    const { fieldDoubts, forwardFields } = known;
    if (fieldDoubts === undefined && !always) return undefined;
    const named = fieldDoubts?.connectionOptions.find((option) => readAs.has(option));
    if (named !== undefined)
      return malformed(`Connection names ${named}, which the operation declares`);
    if (!always && fieldDoubts?.oddlySpelled !== true) return undefined;
    return keepOneSpelling(forwardFields, readAs, rules);
  };
}

type Spellings = ReadonlyMap<string, ReadonlySet<string>>;

function spellingsByFold(declared: readonly string[]): Spellings {
  const byFold = new Map<string, Set<string>>();
  for (const sent of declared) {
    const name = sent.toLowerCase();
    const fold = foldName(name);
    byFold.set(fold, (byFold.get(fold) ?? new Set()).add(name));
  }
  return byFold;
}

/**
 * Of what is read, only the declared spelling goes on, and a second one is refused. Of what nothing
 * reads, one spelling goes on: that with `-`, or else the first.
 */
function keepOneSpelling(
  forwardFields: string[],
  readAs: Spellings,
  rules: RequestFieldRules,
): Refusal | undefined {
  const kept = new Map<string, string>();
  for (let index = 0; index < forwardFields.length; index += 2) {
    const { fold, name } = rules.of(forwardFields[index] as string);
    const before = kept.get(fold);
    if (before !== undefined && before !== name && readAs.has(fold))
      return malformed(`the field ${fold} was sent in two spellings`);
    if (before === undefined || name === fold) kept.set(fold, name);
  }
  let length = 0;
  for (let index = 0; index < forwardFields.length; index += 2) {
    const sentName = forwardFields[index] as string;
    const { fold, name } = rules.of(sentName);
    if (kept.get(fold) !== name || readAs.get(fold)?.has(name) === false) continue;
    forwardFields[length] = sentName;
    forwardFields[length + 1] = forwardFields[index + 1] as string;
    length += 2;
  }
  forwardFields.length = length;
  return undefined;
}
