import type { AuditTable } from "@portcullis/identity/store";
import type { ChainVerdict } from "../../store/audit-chain/verify-chain.ts";
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

/** Walks the whole chain. */
export type VerifyAudit = () => Promise<ChainVerdict>;

const whole = { type: "integer" };
const verdict = {
  type: "object",
  properties: {
    intact: { type: "boolean" },
    entries: { ...whole, description: "How many are kept and were looked at." },
    waiting: { ...whole, description: "How many wait for their place; about a second." },
    from: { ...whole, description: "The place of the first that is kept." },
    head: {
      type: "object",
      description:
        "The end of the chain. Noted down elsewhere, it shows whether the end is cut off.",
      properties: { sequence: whole, hash: text },
      required: ["sequence", "hash"],
    },
    fault: { ...text, description: "What is wrong first; absent where nothing is." },
  },
  required: ["intact", "entries", "waiting", "from", "head"],
};

/** Who did what to whom, and whether what is kept of that is whole. */
export const auditRoutes = ({
  audit,
  verifyAudit,
}: {
  readonly audit: Pick<AuditTable, "newest">;
  readonly verifyAudit: VerifyAudit;
}): readonly Route[] => [
  route({
    method: "GET",
    path: "/audit/verify",
    operationId: "verifyAudit",
    summary: "Whether entries of the audit were changed, taken out, put in or moved",
    needs: "viewer",
    answer: { status: 200, description: "What the walk has found.", schema: verdict },
    handle: async () => ok(await verifyAudit()),
  }),
  route({
    method: "GET",
    path: "/audit",
    operationId: "listAudit",
    summary: "What was done to accounts, clients and keys, and by whom",
    needs: "operator",
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
