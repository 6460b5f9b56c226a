import { type Span } from "../../address/range.ts";
import { useAnswer } from "../../api/use-answer.ts";
import type { SentenceFacts } from "./sentence.ts";
import { timesOf } from "./use-overview.ts";

const newForMs = 14 * 86_400_000;

/** The newest release of an app, and which share of the app's requests it has by now. */
export function useNewestRelease(span: Span): SentenceFacts["release"] {
  const releases = useAnswer("GET /releases", { query: { most: "1" } });
  const [newest] = releases.value?.items ?? [];
  const isNew = newest !== undefined && Date.now() - Date.parse(newest.at) < newForMs;
  const counts = useAnswer(
    "GET /series",
    isNew
      ? { query: { ...timesOf(span), app: newest.app, by: "appVersion", step: "all" } }
      : undefined,
  );
  if (!isNew || counts.value === undefined) return undefined;
  const all = counts.value.items.reduce((sum, { requests }) => sum + requests, 0);
  const own = counts.value.items
    .filter(({ appVersion }) => appVersion === newest.version)
    .reduce((sum, { requests }) => sum + requests, 0);
  return all === 0 ? undefined : { app: newest.app, version: newest.version, share: own / all };
}
