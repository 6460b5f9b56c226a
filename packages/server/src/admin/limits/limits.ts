import { isIP } from "node:net";
import { type GivenBack, type NamedCaller, readNamed } from "@portcullis/guard/state";
import { type SpenderKind, spenderKinds, type TopSpenders } from "../../watch/spenders.ts";
import { mostOf, mostParameter, ok, Refused, refusing, route, type Route } from "../route.ts";
import { object, texts } from "../shape.ts";

/** Who spends what limits allow, and how somebody gets it back. */
export interface LimitParts {
  readonly spenders: { top(kind: SpenderKind, most: number): TopSpenders };
  readonly givingBack: { giveBack(named: NamedCaller): Promise<GivenBack> };
}

/** Nobody can be found by what was said, in words for a person. */
export class NamedFault extends Error {}

const string = { type: "string" };
const integer = { type: "integer" };
const list = { type: "array", items: string };
const few = 20;

const top = {
  type: "object",
  properties: {
    by: { enum: spenderKinds },
    seconds: { ...integer, description: "Of how long the counts are." },
    requests: { ...integer, description: "Of everybody." },
    cost: { ...integer, description: "What the limits say that they cost." },
    estimated: { type: "boolean", description: "Only some requests were looked at." },
    items: {
      type: "array",
      items: {
        type: "object",
        properties: {
          who: { ...string, description: "As POST /limits/give takes it; or an operation." },
          requests: integer,
          cost: { type: "number" },
          held: { ...integer, description: "Refused because they were too many." },
        },
        required: ["who", "requests", "cost", "held"],
      },
    },
  },
  required: ["by", "seconds", "requests", "cost", "estimated", "items"],
};

const given = {
  type: "object",
  properties: {
    limits: {
      type: "array",
      items: {
        type: "object",
        properties: {
          limit: { ...string, description: "Where it stands: entry and limit, from 1." },
          per: list,
          operations: list,
          given: { type: "boolean" },
          needs: { ...list, description: "What else must be named, so that it can be." },
        },
        required: ["limit", "per", "operations", "given", "needs"],
      },
    },
    lost: { ...string, description: "Why what many nodes share was not told; absent: it was." },
  },
  required: ["limits"],
};

const countedSeconds = 60;

/** Live, by what gate threads tell of the last minute: nothing of it is kept anywhere. */
export const limitRoutes = ({ givingBack, spenders }: LimitParts): readonly Route[] => [
  route({
    method: "GET",
    path: "/limits/top",
    operationId: "listTopSpenders",
    summary: "Who spends most of what limits allow just now, at this node",
    needs: "operator",
    query: [
      {
        name: "by",
        description: "Whom to tell apart: user (without it), address or operation.",
        schema: { enum: spenderKinds },
      },
      mostParameter(few),
    ],
    answer: { status: 200, description: "The last minute, who spends most first.", schema: top },
    handle({ query }) {
      const asked = query.get("by") ?? "user";
      const by = spenderKinds.find((kind) => kind === asked);
      if (by === undefined)
        throw new Refused(400, "This cannot be told apart", `'by' is ${spenderKinds.join(", ")}`);
      const { isEstimated, ...told } = spenders.top(by, mostOf(query, few));
      return ok({ by, seconds: countedSeconds, estimated: isEstimated, ...told });
    },
  }),
  route({
    method: "POST",
    path: "/limits/give",
    operationId: "giveLimitsBack",
    summary: "Gives somebody back what limits have taken of them",
    needs: "operator",
    body: object({ keys: texts }, {}),
    audited: ({ keys }) => ({ keys: keys.join(" ") }),
    answer: { status: 200, description: "What became of each limit.", schema: given },
    handle: refusing(NamedFault, async ({ body: { keys } }) => {
      const { limits, lost } = await givingBack.giveBack(namedBy(keys));
      const shown = limits.map(({ isGiven, place, ...rest }) => ({
        limit: place,
        given: isGiven,
        ...rest,
      }));
      return ok({ limits: shown, lost });
    }),
  }),
];

/** @throws NamedFault */
function namedBy(keys: readonly string[]): NamedCaller {
  const named = new Map<string, string>();
  for (const key of keys) {
    const [part, value] = readNamed(isIP(key) === 0 ? key : `address:${key}`) ?? [];
    if (part === undefined || value === undefined)
      throw new NamedFault(
        `'${key}' is none of user:NAME, address:IP, device:ID, app:ID, tier:NAME, body.NAME:VALUE and everyone`,
      );
    if (part === "address" && isIP(value) === 0) throw new NamedFault(`'${value}' is no address`);
    if (named.has(part)) throw new NamedFault(`'${part}' is named twice`);
    named.set(part, value);
  }
  if (named.size === 0) throw new NamedFault("'keys' says whom");
  return Object.fromEntries(named);
}
