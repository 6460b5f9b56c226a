import type { GrantRecord } from "../../store/tables/grants.ts";
import type { By } from "../administrator.ts";
import { created, ok, Refused, refusing, route, type Route } from "../route.ts";
import { object, text, texts, wholeNumber } from "../shape.ts";
import { GrantFault, type Granting } from "./granting.ts";

const newGrant = object(
  { kind: text, from: text, to: text, reason: text, ttlSeconds: wholeNumber },
  { object: text, methods: texts },
);

const string = { type: "string" };
const moment = { ...string, format: "date-time" };
const properties = {
  id: string,
  kind: string,
  from: { ...string, description: "Whose the objects are; SOURCE/SUBJECT where the rule says so." },
  to: string,
  object: { ...string, description: "Absent: everything of that kind that is the owner's." },
  methods: { type: "array", items: string },
  reason: string,
  createdBy: string,
  createdAt: moment,
  until: moment,
};
const { object: _object, ...always } = properties;
const listed = { type: "object", properties, required: Object.keys(always) };

/** A grant as it is shown. */
export const shownGrant = ({ createdAtMs, object: one, untilMs, ...rest }: GrantRecord) => ({
  ...rest,
  ...(one === undefined ? {} : { object: one }),
  createdAt: new Date(createdAtMs).toISOString(),
  until: new Date(untilMs).toISOString(),
});

/** Who may use what is another's. */
export const grantRoutes = (granting: By<Granting>): readonly Route[] => [
  route({
    method: "GET",
    path: "/grants",
    operationId: "listGrants",
    summary: "What people have let others use, until when and why",
    needs: "operator",
    answer: {
      status: 200,
      description: "Those that hold.",
      schema: { type: "array", items: listed },
    },
    handle: async ({ by }) => ok((await granting(by).list()).map(shownGrant)),
  }),
  route({
    method: "POST",
    path: "/grants",
    operationId: "addGrant",
    summary: "Lets somebody use what is another's, for a while",
    needs: "admin",
    body: newGrant,
    answer: {
      status: 201,
      description: "It holds on every thread within a second.",
      schema: listed,
    },
    handle: refusing(GrantFault, async ({ body, by }) => {
      const { methods = ["GET"], object: one, ttlSeconds, ...rest } = body;
      const grant = { ...rest, object: one, methods, forMs: ttlSeconds * 1000 };
      return created(shownGrant(await granting(by).add(grant)));
    }),
  }),
  route({
    method: "DELETE",
    path: "/grants/{id}",
    operationId: "revokeGrant",
    summary: "Takes a grant back",
    needs: "operator",
    answer: { status: 200, description: "It holds nowhere within a second.", schema: listed },
    handle: async ({ by, path }) => {
      const gone = await granting(by).revoke(path["id"] ?? "");
      if (gone === undefined) throw new Refused(404, "There is no such grant");
      return ok(shownGrant(gone));
    },
  }),
];
