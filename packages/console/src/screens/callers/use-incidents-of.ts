import { useEffect, useState } from "preact/hooks";
import { type AnswerTo, ask } from "../../api/admin-client.ts";
import type { LiveRecord } from "../../stream/stream-event.ts";

type Incident = AnswerTo<"GET /incidents/{id}">;

export const mostIncidents = 10;

/** Incidents that show one of these records; undefined until they have been looked through. */
export function useIncidentsOf(
  records: readonly LiveRecord[] | undefined,
): readonly Pick<Incident, "id" | "severity" | "summary" | "startedAt">[] | undefined {
  const [found, setFound] = useState<readonly Incident[] | undefined>(undefined);
  useEffect(() => {
    if (records === undefined) return undefined;
    let isOver = false;
    const traces = new Set(records.map(({ traceId }) => traceId));
    const look = async (): Promise<void> => {
      const { items } = await ask("GET /incidents", { query: { most: String(mostIncidents) } });
      const all = await Promise.all(
        items.map(({ id }) => ask("GET /incidents/{id}", { path: { id } })),
      );
      if (!isOver)
        setFound(all.filter((one) => one.records.some(({ traceId }) => traces.has(traceId))));
    };
    look().catch(() => undefined);
    return () => void (isOver = true);
  }, [records]);
  return found;
}
