import type { JSX } from "preact";
import { ActButton } from "../../acts/act-button.tsx";
import { Link } from "../../address/link.tsx";
import { useAnswer } from "../../api/use-answer.ts";
import { Failed, Waiting } from "../../states/states.tsx";
import { Moment } from "../../text/moment.tsx";
import { Said } from "../../text/said.tsx";
import { callerWords as words } from "../../words/callers.ts";
import { endingSession, type Session, signingOut, signingOutDevice } from "./account-acts.ts";
import { callerAt } from "./caller-kinds.ts";

/** What the built-in issuer knows of somebody, and where they are signed in. */
export function Account({ id }: { readonly id: string }): JSX.Element {
  const account = useAnswer("GET /users/{id}", { path: { id } });
  const { value } = account;
  const asked = value === undefined ? undefined : { path: { id: value.id } };
  const sessions = useAnswer("GET /users/{id}/sessions", asked);
  const fields = words.accountFields;
  return (
    <section>
      <h2>{words.account}</h2>
      {account.problem === undefined ? null : account.problem.status === 404 ? (
        <p class="small">{words.noAccount}</p>
      ) : (
        <Failed problem={account.problem} again={account.again} />
      )}
      {value === undefined ? (
        account.problem === undefined ? (
          <Waiting />
        ) : null
      ) : (
        <>
          <dl class="caller-facts">
            {[
              [fields.id, value.id],
              [fields.email, value.email],
              [fields.roles, value.roles.join(", ")],
              [fields.tier, value.tier],
              [fields.disabled, value.disabled ? words.disabled : words.active],
            ].map(([name, text]) =>
              text === undefined || text === "" ? null : (
                <div key={name}>
                  <dt>{name}</dt>
                  <dd>
                    <Said text={text} />
                  </dd>
                </div>
              ),
            )}
            <div>
              <dt>{fields.createdAt}</dt>
              <dd>
                <Moment at={value.createdAt} />
              </dd>
            </div>
          </dl>
          <Sessions id={value.id} of={sessions.value ?? []} after={sessions.again} />
        </>
      )}
    </section>
  );
}

function Sessions({
  after,
  id,
  of,
}: {
  readonly id: string;
  readonly of: readonly Session[];
  readonly after: () => void;
}): JSX.Element {
  const columns = words.sessionColumns;
  if (of.length === 0)
    return (
      <p>
        {words.sessions}: {words.noSessions}
      </p>
    );
  return (
    <>
      <h3>{words.sessions}</h3>
      <table class="cards">
        <thead>
          <tr>
            {Object.entries(columns).map(([name, title]) => (
              <th scope="col" key={name}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {of.map((one) => (
            <tr key={one.id}>
              <th scope="row">
                <Said text={one.label} most={80} />
              </th>
              <td data-label={columns.device}>
                {one.deviceId === undefined ? null : (
                  <Link to={callerAt("device", one.deviceId)}>
                    <Said text={one.deviceId} most={24} mono />
                  </Link>
                )}
              </td>
              <td data-label={columns.network}>
                <Said text={one.network} most={45} mono />
              </td>
              <td data-label={columns.created}>
                <Moment at={one.createdAt} />
              </td>
              <td data-label={columns.used}>
                <Moment at={one.usedAt} />
              </td>
              <td data-label={columns.acts}>
                <span class="acts">
                  <ActButton act={endingSession(id, one, after)} />
                  {one.deviceId === undefined ? null : (
                    <ActButton act={signingOutDevice(id, one.deviceId, of, after)} />
                  )}
                </span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <p class="acts">
        <ActButton act={signingOut(id, of, after)} />
      </p>
    </>
  );
}
