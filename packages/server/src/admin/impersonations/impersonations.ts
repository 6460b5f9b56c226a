import type { ImpersonationRecord } from "../../store/tables/impersonations.ts";
import type { By } from "../administrator.ts";
import { ok, Refused, route, type Route } from "../route.ts";
import type { Impersonating } from "./impersonating.ts";

const string = { type: "string" };
const moment = { ...string, format: "date-time" };
const properties = {
  id: string,
  actor: { ...string, description: "Who acts; SOURCE/SUBJECT where sources are told apart." },
  subject: { ...string, description: "In whose name." },
  reason: string,
  begunAt: moment,
  until: moment,
};
const listed = { type: "object", properties, required: Object.keys(properties) };

/** A session as it is shown. */
export const shownImpersonation = ({
  actor,
  begunAtMs,
  id,
  reason,
  subject,
  untilMs,
}: ImpersonationRecord) => ({
  id,
  actor,
  subject,
  reason,
  begunAt: new Date(begunAtMs).toISOString(),
  until: new Date(untilMs).toISOString(),
});

/** Who acts in whose name. */
export const impersonationRoutes = (
  impersonating: By<Impersonating>,
  nowMs: () => number,
): readonly Route[] => [
  route({
    method: "GET",
    path: "/impersonations",
    operationId: "listImpersonations",
    summary: "Who acts in whose name, until when and why",
    needs: "operator",
    answer: {
      status: 200,
      description: "Those that are not over, the newest first.",
      schema: { type: "array", items: listed },
    },
    handle: async ({ by }) => ok((await impersonating(by).list(nowMs())).map(shownImpersonation)),
  }),
  route({
    method: "DELETE",
    path: "/impersonations/{id}",
    operationId: "endImpersonation",
    summary: "Ends one, for a day at the least: for that person its actor begins none before",
    needs: "operator",
    answer: {
      status: 200,
      description: "It is over on every thread within a second.",
      schema: listed,
    },
    handle: async ({ by, path }) => {
      const ended = await impersonating(by).end(path["id"] ?? "", nowMs());
      if (ended === undefined) throw new Refused(404, "There is no such impersonation");
      return ok(shownImpersonation(ended));
    },
  }),
];
