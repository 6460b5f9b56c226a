import type { JSX } from "preact";
import { usePlace } from "../../address/place.ts";
import { AccountByEmail } from "./account-by-email.tsx";
import { CallerCard } from "./caller-card.tsx";
import { isRecorded, kindOf } from "./caller-kinds.ts";
import "./callers.css";
import { FindCaller } from "./find-caller.tsx";
import { SessionCard } from "./session-card.tsx";
import { TraceCard } from "./trace-card.tsx";

/** Who is this, and stop them. */
export function Callers(): JSX.Element {
  const { more, parts } = usePlace();
  const [, name] = parts;
  const kind = kindOf(more["by"]);
  if (name === undefined) return <FindCaller />;
  const key = `${kind} ${name}`;
  if (isRecorded(kind)) return <CallerCard key={key} kind={kind} name={name} />;
  if (kind === "trace") return <TraceCard key={key} traceId={name} />;
  if (kind === "session") return <SessionCard key={key} session={name} />;
  return <AccountByEmail key={key} email={name} />;
}
