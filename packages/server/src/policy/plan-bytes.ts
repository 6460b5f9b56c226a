import { deserialize, serialize } from "node:v8";
import type { ApiPlan, OperationPlan, Pieces, Plan } from "@portcullis/guard/policy";
import type { JsonSchema, Operation } from "@portcullis/guard/documents";

/**
 * A plan in memory that all threads share: handing it on copies nothing, however large it is. It is
 * in pieces, so that a thread that serves reads it between requests.
 */
export interface PlanBytes {
  readonly bytes: SharedArrayBuffer;
  /** How long each piece is, one behind the other. */
  readonly lengths: readonly number[];
}

type Schemas = readonly (readonly [name: string, schema: JsonSchema])[];
/** An API without what it has many of. */
type ApiHead = Omit<ApiPlan, "document" | "operations"> & {
  readonly document: Omit<ApiPlan["document"], "operations" | "schemas">;
  readonly pieces: number;
};
type PlanHead = Omit<Plan, "apis"> & { readonly apis: readonly ApiHead[] };
interface ApiPiece {
  readonly schemas: Schemas;
  readonly operations: readonly (readonly [Operation, OperationPlan])[];
}

const schemasAtOnce = 16;
const operationsAtOnce = 8;

export function writePlan(plan: Plan): PlanBytes {
  const pieces = plan.apis.map(piecesOf);
  const head: PlanHead = {
    ...plan,
    apis: plan.apis.map((api, index) => {
      const { document, operations: _plans, ...rest } = api;
      const { operations: _operations, schemas: _schemas, ...about } = document;
      return { ...rest, document: about, pieces: pieces[index]?.length ?? 0 };
    }),
  };
  const written = [head, ...pieces.flat()].map((piece) => serialize(piece));
  const bytes = new SharedArrayBuffer(written.reduce((sum, { length }) => sum + length, 0));
  const view = new Uint8Array(bytes);
  let at = 0;
  for (const piece of written) {
    view.set(piece, at);
    at += piece.length;
  }
  return { bytes, lengths: written.map(({ length }) => length) };
}

function piecesOf({ document, operations }: ApiPlan): ApiPiece[] {
  const pieces: ApiPiece[] = [];
  const schemas = Object.entries(document.schemas);
  for (let at = 0; at < schemas.length; at += schemasAtOnce)
    pieces.push({ schemas: schemas.slice(at, at + schemasAtOnce), operations: [] });
  const pairs = operations.map(
    (plan, index) => [document.operations[index] as Operation, plan] as const,
  );
  for (let at = 0; at < pairs.length; at += operationsAtOnce)
    pieces.push({ schemas: [], operations: pairs.slice(at, at + operationsAtOnce) });
  return pieces;
}

/** The plan as it was written, piece by piece. */
export function* readPlan({ bytes, lengths }: PlanBytes): Pieces<Plan> {
  let [at, index] = [0, 0];
  const next = (): unknown => {
    const length = lengths[index] as number;
    // A copy of one piece: what reads it takes no memory that another thread could change.
    const piece = Buffer.from(new Uint8Array(bytes, at, length));
    at += length;
    index += 1;
    return deserialize(piece);
  };
  const head = next() as PlanHead;
  const apis: ApiPlan[] = [];
  for (const { document, pieces, ...api } of head.apis) {
    const schemas: Record<string, JsonSchema> = {};
    const declared: Operation[] = [];
    const plans: OperationPlan[] = [];
    for (let count = 0; count < pieces; count += 1) {
      const piece = next() as ApiPiece;
      for (const [name, schema] of piece.schemas) schemas[name] = schema;
      for (const [operation, plan] of piece.operations) {
        declared.push(operation);
        plans.push(plan);
      }
      yield;
    }
    apis.push({
      ...api,
      document: { ...document, operations: declared, schemas },
      operations: plans,
    });
  }
  return { ...head, apis };
}
