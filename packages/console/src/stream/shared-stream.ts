import { readStreamEvent, type StreamEvent } from "./stream-event.ts";

interface Told {
  readonly event: StreamEvent;
  readonly lastId: string;
}

const kinds = ["record", "shown", "gap", "refused"] as const;
/** EventSource does not open again after an answer that is no stream, such as 503. */
const againMs = 3000;

/**
 * Follows the records of one question. All tabs that ask the same share one connection: the tab that
 * holds the lock has it, and tells the others. When that tab closes, another takes the lock and goes
 * on behind the last event that anybody was told.
 *
 * @param query as `GET /records/live` understands it
 * @returns what ends it
 */
export function followStream(query: string, told: (event: StreamEvent) => void): () => void {
  const name = `portcullis-records?${query}`;
  const channel = new BroadcastChannel(name);
  const over = new AbortController();
  let lastId = "";
  channel.addEventListener("message", ({ data }: MessageEvent<Told>) => {
    lastId = data.lastId;
    told(data.event);
  });
  const tell = (event: StreamEvent): void => {
    if (event.kind === "record") lastId = event.id;
    channel.postMessage({ event, lastId } satisfies Told);
    told(event);
  };
  const lead = async (): Promise<void> => {
    const end = connect(query, () => lastId, tell);
    await new Promise((resolve) => over.signal.addEventListener("abort", resolve, { once: true }));
    end();
  };
  navigator.locks
    .request(name, { signal: over.signal }, lead)
    // It rejects when it is over before the lock was had.
    .catch(() => undefined);
  return () => {
    over.abort();
    channel.close();
  };
}

/** The one connection. @returns what closes it */
function connect(
  query: string,
  lastId: () => string,
  tell: (event: StreamEvent) => void,
): () => void {
  let source: EventSource | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const open = (): void => {
    const asked = new URLSearchParams(query);
    // A page that is left open must not keep its session alive.
    asked.set("background", "1");
    if (lastId() !== "") asked.set("after", lastId());
    const opened = new EventSource(`/records/live?${asked.toString()}`);
    source = opened;
    opened.addEventListener("open", () => tell({ kind: "open" }));
    opened.addEventListener("error", () => {
      tell({ kind: "lost" });
      if (opened.readyState !== EventSource.CLOSED) return;
      clearTimeout(timer);
      timer = setTimeout(open, againMs);
    });
    for (const kind of kinds)
      opened.addEventListener(kind, ({ data, lastEventId }: MessageEvent<string>) => {
        const event = readStreamEvent(kind, lastEventId, data);
        if (event !== undefined) tell(event);
      });
  };
  open();
  return () => {
    clearTimeout(timer);
    source?.close();
  };
}
