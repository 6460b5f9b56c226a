import type { JSX } from "preact";
import { useNow } from "../state/now.ts";
import { agoText, exactText, momentText } from "./times.ts";

interface MomentProps {
  /** RFC 3339, or milliseconds since 1970. */
  readonly at: string | number;
  /** As the clock says it, and not how long ago. */
  readonly clock?: boolean;
}

/** A time: how long ago, and the exact one in both time zones where it is pointed at or focused. */
export function Moment({ at, clock = false }: MomentProps): JSX.Element {
  const nowMs = useNow();
  const atMs = typeof at === "number" ? at : Date.parse(at);
  if (Number.isNaN(atMs)) return <span>–</span>;
  return (
    <time
      class="moment"
      dateTime={new Date(atMs).toISOString()}
      title={exactText(atMs)}
      tabIndex={0}
      data-exact={exactText(atMs)}
    >
      {clock ? momentText(atMs, nowMs) : agoText(atMs, nowMs)}
    </time>
  );
}
