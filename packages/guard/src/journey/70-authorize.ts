import { checkOwnerParameter, type OwnerOf } from "../authorization/ownership.ts";
import type { Check } from "../exchange.ts";
import { refuse, type Refusal } from "../refusal.ts";
import type { JourneyExchange, TravellingPrincipal } from "./step.ts";

/** Step 70, functions: may this caller use this operation. */
export function prepareEntry(judge: (principal: TravellingPrincipal | undefined) => Refusal | undefined): Check<JourneyExchange> {
  return (exchange) => judge(exchange.principal);
}

/** Step 70, objects: a path parameter must be the caller's own. */
export function prepareOwnerParameter(index: number, ownerOf: OwnerOf, exceptRoles: readonly string[]): Check<JourneyExchange> {
  return (exchange) => {
    const { principal } = exchange;
    if (principal === undefined) return refuse("object-not-yours", { detail: "nobody is signed in" });
    if (exceptRoles.some((role) => principal.roles.includes(role))) return undefined;
    return checkOwnerParameter(exchange.pathParameters[index], ownerOf(principal));
  };
}
