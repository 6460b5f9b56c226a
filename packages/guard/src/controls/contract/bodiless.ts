import { mayHaveBody } from "../../facts/header-fields.ts";
import { refuse, type Refusal } from "../../facts/refusal.ts";
import type { Mending } from "../check.ts";
import { problems } from "./problems.ts";
import { readBody } from "./read-body.ts";
import type { TakeBody } from "./take-body.ts";

/** What becomes of a body that the document does not declare. */
export type UndeclaredBody = "refuse" | "drop";

/** Room for an empty object and the blanks around it: what client libraries send out of habit. */
const mostHabitBytes = 64;
const saysNothing = /^\s*(?:\{\s*\}\s*)?$/;

const unexpected = refuse(problems["request-invalid"], {
  violations: [
    {
      in: "body",
      pointer: "",
      keyword: "undeclared",
      message: "this operation takes no body",
    },
  ],
});

const dropped = refuse(problems["body-undeclared"], { detail: "the body is not passed on" });

/**
 * Takes the body of an operation that declares none. One that says nothing is not passed on, and
 * recorded; any other is refused, unless the policy says that it is to be dropped: a backend that
 * read it would do what nobody has judged.
 */
export function compileTakeNoBody(undeclared: UndeclaredBody, mostBodyBytes: number): TakeBody {
  const mostBytes = undeclared === "drop" ? mostBodyBytes : mostHabitBytes;
  const judge = (known: Parameters<TakeBody>[0]): Refusal | Mending | undefined => {
    const { bodyBytes } = known;
    if (bodyBytes === undefined || bodyBytes.length === 0) {
      known.bodyAbsent = true;
      return undefined;
    }
    if (undeclared === "refuse" && !saysNothing.test(bodyBytes.toString("latin1")))
      return unexpected;
    return { because: dropped, mend: () => dropBody(known) };
  };
  return (known) => {
    if (!mayHaveBody(known)) {
      known.bodyAbsent = true;
      return undefined;
    }
    if (Number(known.fields.contentLength ?? 0) > mostBytes) return unexpected;
    return readBody(known, mostBytes).then((refusal) => {
      if (refusal === undefined) return judge(known);
      return refusal.problem === problems["body-too-large"] ? unexpected : refusal;
    });
  };
}

/** Nothing is left of it: a backend that is told of a type would look for a body of it. */
function dropBody(known: Parameters<TakeBody>[0]): void {
  known.bodyBytes = Buffer.alloc(0);
  known.bodyAbsent = true;
  known.forwardFields = withoutContentFields(known.forwardFields);
}

const ofTheBody = /^content-(?:type|encoding|language|location|disposition|range|digest|md5)$/i;

const withoutContentFields = (fields: readonly string[]): string[] =>
  fields.filter((_, index) => !ofTheBody.test(fields[index - (index % 2)] as string));
