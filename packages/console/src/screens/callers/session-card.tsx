import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { ActButton } from "../../acts/act-button.tsx";
import { Link } from "../../address/link.tsx";
import { useAnswer } from "../../api/use-answer.ts";
import { Said } from "../../text/said.tsx";
import { callerWords as words } from "../../words/callers.ts";
import { revoking } from "./caller-acts.ts";
import { SourceChoice } from "./source-choice.tsx";

/** A session, of which records know nothing; it can be refused. */
export function SessionCard({ session }: { readonly session: string }): JSX.Element {
  const sources = Object.keys(useAnswer("GET /sources", {}).value ?? {});
  const [chosen, setChosen] = useState<string | undefined>(undefined);
  const source = chosen ?? (sources.length > 1 ? sources[0] : undefined);
  return (
    <>
      <p class="small">
        <Link to={{ path: "/callers" }}>{words.back}</Link>
      </p>
      <h1>
        {words.kinds.session} <Said text={session} mono />
      </h1>
      <p>{words.sessionAlone}</p>
      <div class="acts">
        <ActButton
          act={revoking({
            kind: "session",
            value: session,
            source,
            reach: words.acts.revokeSessionReach,
          })}
        />
        <SourceChoice sources={sources} source={source} onSource={setChosen} />
      </div>
    </>
  );
}
