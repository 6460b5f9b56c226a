import type {
  JsonSchema,
  MediaTypeContract,
  Operation,
  SchemaRegistry,
} from "../../document/api-document.ts";
import { isSuccess } from "../../document/responses.ts";
import { itemSchema, memberNames, memberSchema } from "../../document/schema/schema-walk.ts";
import type { JoinContext } from "../../policy/join-context.ts";
import { nearest } from "../../reading/nearest-name.ts";

type Place = readonly string[];

const isRead = ({ mediaType }: MediaTypeContract): boolean =>
  /json|x-www-form-urlencoded|multipart\/form-data|\*\//i.test(mediaType);

/**
 * A rule whose pointer leads nowhere would refuse everybody: what the document declares is held
 * against it. Only warned of, because documents say less than backends answer.
 */
export function verifyInAnswer(
  operation: Operation,
  pointer: readonly string[],
  place: Place,
  { note, schemasOf }: JoinContext,
): void {
  const answers = operation.responses
    .filter(({ status }) => isSuccess(status))
    .flatMap(({ content }) => content);
  if (answers.length > 0 && !answers.some(isRead))
    note(
      place,
      `'${operation.key}' answers with ${answers[0]?.mediaType}, which names no owner: ` +
        "everybody will be refused",
      {
        severity: "warning",
        expected: "an answer in JSON",
        mend: "Use a lookup: a GET that names the owner of the same object.",
      },
    );
  verify(
    answers.filter(isRead),
    pointer,
    place,
    schemasOf(operation),
    `the answers of '${operation.key}'`,
    note,
  );
}

export function verifyInBody(
  operation: Operation,
  pointer: readonly string[],
  place: Place,
  { note, schemasOf }: JoinContext,
): void {
  const contents = (operation.requestBody?.content ?? []).filter(isRead);
  const where = `the body of '${operation.key}'`;
  verify(contents, pointer, place, schemasOf(operation), where, note);
}

function verify(
  contents: readonly MediaTypeContract[],
  pointer: readonly string[],
  place: Place,
  schemas: SchemaRegistry,
  where: string,
  note: JoinContext["note"],
): void {
  const misses = contents.map(({ schema }) => firstMiss(schema, pointer, schemas));
  const [miss] = misses;
  if (miss === undefined || misses.includes(undefined)) return;
  const meant = nearest(miss.name, miss.declared);
  note(
    place,
    `${where} declare no '${miss.name}' where /${pointer.join("/")} expects it: ` +
      "requests will be refused where it is missing",
    {
      severity: "warning",
      expected: miss.declared.join(", "),
      ...(meant === undefined ? {} : { mend: `Did you mean '${meant}'?` }),
    },
  );
}

/** Undefined when the pointer leads to what is declared, or into what the document leaves open. */
function firstMiss(
  schema: JsonSchema | undefined,
  pointer: readonly string[],
  schemas: SchemaRegistry,
): { readonly name: string; readonly declared: readonly string[] } | undefined {
  let at = schema;
  for (const name of pointer) {
    if (at === undefined || typeof at === "boolean") return undefined;
    if (name === "*") {
      at = itemSchema(at, schemas);
      continue;
    }
    const declared = memberNames(at, schemas);
    if (declared.length === 0) return undefined;
    if (!declared.includes(name) && memberSchema(at, name, schemas) === undefined)
      return { name, declared };
    at = memberSchema(at, name, schemas);
  }
  return undefined;
}
