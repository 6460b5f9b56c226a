import type { RestrictedProperties } from "../../document/schema/strip-undeclared.ts";
import { bodyMembers } from "../../document/body-members.ts";
import { refuse } from "../../facts/refusal.ts";
import { planPropertyRoles } from "../../policy/schema-property.ts";
import { type Check, step } from "../check.ts";
import { defineControl, type Words } from "../control.ts";
import { compileForbidden } from "./forbidden-properties.ts";
import { keys } from "./policy.ts";
import { problems } from "./problems.ts";

const privilege =
  /^(is_?(admin|staff|superuser|verified)|roles?|permissions?|scopes?|privileges?|(user_?)?type|tier|plan|credit_?limit|risk_?score|kyc(_?status)?|approved|verified)$/i;

const kind =
  "[properties of request bodies look like privileges|property of a request body looks like a " +
  "privilege], and no rule says who may write [them|it] " +
  "(writable)";

const words: Words<RestrictedProperties, undefined> = {
  findings(_own, { name, operation, schemas }, writable) {
    const ruled = new Set(Object.values(writable).flatMap((properties) => Object.keys(properties)));
    return bodyMembers(operation, schemas)
      .filter((member) => privilege.test(member.name) && !ruled.has(member.name))
      .map((member) => ({ kind, what: `${name} ${member.name}` }));
  },
};

export const writable = defineControl({
  name: "writable",
  sentence: "Whether the caller's roles may write the properties that its body holds.",
  keys,
  problems: [problems],
  plan: ({ writable: setting }, context): RestrictedProperties =>
    planPropertyRoles("writable", setting, context),
  request: {
    properties: step({
      title: "authorize properties",
      mode: "authorization",
      needs: ["body", "bodyJudged", "caller"],
      gives: [],
    }),
  },
  compile(_own, { api, operation, whole }) {
    if (api === undefined || operation === undefined) return {};
    const forbidden = compileForbidden(operation, api.document.schemas, whole);
    return {
      request: { properties: forbidden === undefined ? undefined : compileProperties(forbidden) },
    };
  },
  words,
});

function compileProperties(
  forbiddenIn: NonNullable<ReturnType<typeof compileForbidden>>,
): Check<"body" | "caller"> {
  return ({ body, caller }) => {
    const forbidden = forbiddenIn(body, caller?.roles ?? []);
    if (forbidden.length === 0) return undefined;
    return refuse(problems["property-forbidden"], {
      violations: forbidden.map((pointer) => ({
        in: "body",
        pointer,
        keyword: "forbidden",
        message: "may not be written by this caller",
      })),
    });
  };
}
