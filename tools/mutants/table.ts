import type { Mutant } from "./mutant.ts";
import { actings as acting } from "./rows/acting.ts";
import { admission } from "./rows/admission.ts";
import { answers } from "./rows/answers.ts";
import { backends } from "./rows/backends.ts";
import { callers } from "./rows/callers.ts";
import { client } from "./rows/client.ts";
import { consoles as console } from "./rows/console.ts";
import { decisions } from "./rows/decisions.ts";
import { documents } from "./rows/documents.ts";
import { endings } from "./rows/endings.ts";
import { flows } from "./rows/flows.ts";
import { issuer } from "./rows/issuer.ts";
import { limits } from "./rows/limits.ts";
import { messages } from "./rows/messages.ts";
import { objects } from "./rows/objects.ts";
import { people } from "./rows/people.ts";
import { possession } from "./rows/possession.ts";
import { program } from "./rows/program.ts";
import { records } from "./rows/records.ts";
import { relationRows as relations } from "./rows/relations.ts";
import { tokens } from "./rows/tokens.ts";

const areas: Readonly<Record<string, readonly Mutant[]>> = {
  tokens,
  callers,
  possession,
  admission,
  acting,
  decisions,
  objects,
  relations,
  limits,
  flows,
  messages,
  issuer,
  people,
  documents,
  endings,
  program,
  console,
  records,
  backends,
  answers,
  client,
};

/** Every row, with the area by which it can be asked for. */
export const mutants: readonly (Mutant & { readonly area: string })[] = Object.entries(
  areas,
).flatMap(([area, rows]) => rows.map((row) => ({ ...row, area })));
