import type { JSX } from "preact";
import { Link } from "../../address/link.tsx";
import { useAnswer } from "../../api/use-answer.ts";
import { Failed, Notice, Waiting } from "../../states/states.tsx";
import { Said } from "../../text/said.tsx";
import { callerWords as words } from "../../words/callers.ts";
import { CallerCard } from "./caller-card.tsx";

/** Records know people by the id of their account: an address leads there. */
export function AccountByEmail({ email }: { readonly email: string }): JSX.Element {
  const { again, problem, value } = useAnswer("GET /users/{id}", { path: { id: email } });
  if (value !== undefined) return <CallerCard kind="person" name={value.id} isAccount />;
  return (
    <>
      <p class="small">
        <Link to={{ path: "/callers" }}>{words.back}</Link>
      </p>
      <h1>
        {words.kinds.email} <Said text={email} mono />
      </h1>
      {problem === undefined ? (
        <Waiting rows={4} />
      ) : problem.status === 404 ? (
        <Notice title={words.noAccount} />
      ) : (
        <Failed problem={problem} again={again} />
      )}
    </>
  );
}
