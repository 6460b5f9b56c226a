import type { Act } from "../../acts/act.ts";
import { type AnswerTo, ask } from "../../api/admin-client.ts";
import { countText } from "../../text/numbers.ts";
import { commandText } from "../../text/shell.ts";
import { incidentWords as words } from "../../words/incidents.ts";

type Incident = AnswerTo<"GET /incidents/{id}">;

const closedForSeconds = 1800;
const dayMs = 86_400_000;

/** How many requests fit within the last day. */
async function counted(query: Readonly<Record<string, string>>): Promise<string> {
  const from = new Date(Date.now() - dayMs).toISOString();
  const { items } = await ask("GET /series", { query: { ...query, from, step: "all" } });
  return countText(items.reduce((sum, { requests }) => sum + requests, 0));
}

/** What can be done by switches about the operation that was attacked. */
export function containing({ operation, summary }: Incident, after: () => void): readonly Act[] {
  const thrown = (body: object) => async (reason: string) => {
    const { id } = await ask("POST /switches", { body: { ...body, reason }, why: reason });
    after();
    return {
      name: words.switches.undo(operation),
      run: async () => {
        await ask("DELETE /switches/{id}", { path: { id } });
        after();
      },
    };
  };
  const why = words.switches.closeWhy(summary).slice(0, 400);
  const seen = async (): Promise<string> =>
    (await ask("GET /switches", { background: true }))
      .filter((one) => one.operation === operation || one.operation === "*")
      .map(({ id }) => id)
      .join();
  return [
    {
      id: `limit ${operation}`,
      name: words.switches.limit(operation),
      needs: "operator",
      reach: async () =>
        words.switches.limitReach(
          operation,
          await counted({ operation, code: "limit-exceeded", mode: "observe" }),
        ),
      why,
      seen,
      command: commandText(
        "portcullis",
        "switch",
        operation,
        "enforce",
        "--control",
        "limit",
        "--why",
        why,
      ),
      run: thrown({ operation, state: "enforce", control: "limit" }),
    },
    {
      id: `close ${operation}`,
      name: words.switches.close(operation),
      needs: "operator",
      danger: true,
      reach: async () =>
        words.switches.closeReach(operation, await counted({ operation, outcome: "passed" })),
      why,
      seen,
      command: commandText("portcullis", "switch", operation, "off", "--for", "30m", "--why", why),
      run: thrown({ operation, state: "off", ttlSeconds: closedForSeconds }),
    },
  ];
}
