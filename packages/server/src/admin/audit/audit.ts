import type { AuditTable } from "@portcullis/identity/store";
import { mostOf, mostParameter, ok, route, type Route } from "../route.ts";

const fewEntries = 100;
const text = { type: "string" };

const entry = {
  type: "object",
  properties: {
    at: { ...text, format: "date-time" },
    actor: text,
    action: text,
    about: text,
    details: { type: "object" },
  },
  required: ["at", "actor", "action", "about", "details"],
};

/** Who did what to whom. */
export const auditRoutes = (audit: Pick<AuditTable, "newest">): readonly Route[] => [
  route({
    method: "GET",
    path: "/audit",
    operationId: "listAudit",
    summary: "What was done to accounts, clients and keys, and by whom",
    needs: "admin credential",
    query: [mostParameter(fewEntries)],
    answer: {
      status: 200,
      description: "The newest first.",
      schema: { type: "array", items: entry },
    },
    handle: async ({ query }) => {
      const entries = await audit.newest(mostOf(query, fewEntries));
      return ok(
        entries.map(({ about, action, actor, atMs, details }) => ({
          at: new Date(atMs).toISOString(),
          actor,
          action,
          about,
          details,
        })),
      );
    },
  }),
];
