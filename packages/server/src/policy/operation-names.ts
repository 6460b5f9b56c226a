import type { Plan } from "@portcullis/guard/policy";

/** An operation, by everything that it is called. */
export interface NamedOperation {
  /** As records and the plan have it. */
  readonly name: string;
  /** `METHOD /path`. */
  readonly place: string;
}

/** The operations of a plan, those of the built-in issuer's pages left out. */
export const operationNames = ({ apis }: Pick<Plan, "apis">): readonly NamedOperation[] =>
  apis
    .filter(({ issuer }) => !issuer)
    .flatMap(({ document, operations }) =>
      operations.map(({ name }, index) => {
        const { method = "", pathTemplate = "" } = document.operations[index] ?? {};
        return { name, place: `${method} ${pathTemplate}` };
      }),
    );
