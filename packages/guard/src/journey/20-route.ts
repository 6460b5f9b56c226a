import type { Refusal } from "../refusal.ts";
import { refuse } from "../refusal.ts";
import { stands } from "./stands.ts";
import type { JourneyExchange, OperationJourney } from "./step.ts";

export interface RouteTable {
  match(method: string, path: string, parameters: string[]): OperationJourney | undefined;
  methodsAt(path: string): string[];
}

/** Which table serves this request: the one of its API version, or the only one. A refusal names a version that is not. */
export type SelectTable = (exchange: JourneyExchange) => RouteTable | Refusal;

/**
 * Step 20. Which operation this is. What no document names is refused where `route` is enforced, and otherwise goes on as
 * the undeclared operation, so that shadow endpoints show in the record before they are closed.
 */
export function compileRoute(selectTable: SelectTable, undeclared: OperationJourney): (exchange: JourneyExchange) => OperationJourney | undefined {
  return (exchange) => {
    const table = selectTable(exchange);
    if ("code" in table) {
      if (stands(exchange, table, undeclared.modes)) return undefined;
      return (exchange.rules = undeclared);
    }
    const found = table.match(exchange.arrival.method, exchange.path, exchange.pathParameters);
    if (found !== undefined) return (exchange.rules = found);
    exchange.rules = undeclared;
    const offered = table.methodsAt(exchange.path);
    const refusal = offered.length === 0
      ? refuse("operation-unknown", { detail: "no operation of any document matches" })
      : refuse("method-not-allowed", { detail: `offered: ${offered.join(", ")}`, headers: [["Allow", offered.join(", ")]] });
    return stands(exchange, refusal, undeclared.modes) ? undefined : undeclared;
  };
}
