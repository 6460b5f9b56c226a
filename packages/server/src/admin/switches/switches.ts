import type { NamedOperation } from "../../policy/operation-names.ts";
import type { SwitchRecord } from "../../store/tables/switches.ts";
import type { By } from "../administrator.ts";
import { created, ok, Refused, refusing, route, type Route } from "../route.ts";
import { object, oneOf, text, wholeNumber } from "../shape.ts";
import { enforcesForAll } from "./enforces-for-all.ts";
import { SwitchFault, type Switching, switchStates } from "./switching.ts";

const newSwitch = object(
  { operation: text, state: oneOf(switchStates), reason: text },
  { control: text, app: text, percent: wholeNumber, ttlSeconds: wholeNumber },
);

const string = { type: "string" };
const moment = { ...string, format: "date-time" };
const properties = {
  id: string,
  operation: { ...string, description: "Its name; * for every one." },
  control: { ...string, description: "One mode key; absent: every control that can be switched." },
  mode: { enum: ["off", "observe", "enforce"] },
  app: { ...string, description: "Only for builds in this range; absent: for every build." },
  percent: { type: "integer", description: "Only for this share of callers." },
  reason: string,
  createdBy: string,
  createdAt: moment,
  endsAt: moment,
  undoneBy: string,
  undoneAt: moment,
};
/** A switch as it is shown. */
export const listedSwitch = {
  type: "object",
  properties,
  required: ["id", "operation", "mode", "reason", "createdBy", "createdAt"],
};

const momentOf = (ms: number | undefined): string | undefined =>
  ms === undefined ? undefined : new Date(ms).toISOString();

/** A switch as it is shown. What is undefined leaves no key in JSON. */
export const shownSwitch = ({ createdAtMs, endsAtMs, undoneAtMs, ...rest }: SwitchRecord) => ({
  ...rest,
  createdAt: new Date(createdAtMs).toISOString(),
  endsAt: momentOf(endsAtMs),
  undoneAt: momentOf(undoneAtMs),
});

/**
 * Modes that are set while the program runs.
 *
 * @param operations what the policy that serves at that moment has
 */
export const switchRoutes = (
  switching: By<Switching>,
  operations: () => readonly NamedOperation[],
): readonly Route[] => [
  route({
    method: "GET",
    path: "/switches",
    operationId: "listSwitches",
    summary: "Modes that were set while the program runs, by whom and why",
    needs: "viewer",
    query: [
      {
        name: "ended",
        description: "With true, also those that have ended or were undone, the newest first.",
        schema: { enum: ["true", "false"] },
      },
    ],
    answer: {
      status: 200,
      description: "Those that hold; later ones win.",
      schema: { type: "array", items: listedSwitch },
    },
    handle: async ({ by, query }) =>
      ok((await switching(by).list({ ended: query.get("ended") === "true" })).map(shownSwitch)),
  }),
  route({
    method: "POST",
    path: "/switches",
    operationId: "throwSwitch",
    summary: "Sets a mode, or closes an operation, while the program runs",
    needs: "operator",
    confirm: ({ body }) => enforcesForAll(body),
    body: newSwitch,
    answer: {
      status: 201,
      description: "It holds on every thread of every node within a second.",
      schema: listedSwitch,
    },
    handle: refusing(SwitchFault, async ({ body, by }) => {
      const { app, control, percent, ttlSeconds, ...rest } = body;
      const forMs = ttlSeconds === undefined ? undefined : ttlSeconds * 1000;
      const wish = { ...rest, app, control, percent, forMs };
      return created(shownSwitch(await switching(by).add(wish, operations())));
    }),
  }),
  route({
    method: "DELETE",
    path: "/switches/{id}",
    operationId: "undoSwitch",
    summary: "Takes a switch back: what held before it holds again",
    needs: "operator",
    answer: { status: 200, description: "It holds nowhere within a second.", schema: listedSwitch },
    handle: async ({ by, path }) => {
      const undone = await switching(by).undo(path["id"] ?? "");
      if (undone === undefined) throw new Refused(404, "No such switch holds");
      return ok(shownSwitch(undone));
    },
  }),
];
