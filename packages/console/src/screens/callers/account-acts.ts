import type { Act } from "../../acts/act.ts";
import { type AnswerTo, ask } from "../../api/admin-client.ts";
import { several } from "../../text/numbers.ts";
import { commandText } from "../../text/shell.ts";
import { callerWords } from "../../words/callers.ts";

const { acts: words } = callerWords;
export type Session = AnswerTo<"GET /users/{id}/sessions">[number];

const countOf = (count: number): string =>
  several(count, words.sessions[0] ?? "", words.sessions[1] ?? "");

/** Whoever has signed in since the page asked is not ended by surprise: it is asked again. */
const seenOf = (id: string) => async (): Promise<string> =>
  (await ask("GET /users/{id}/sessions", { path: { id }, background: true }))
    .map((one) => one.id)
    .toSorted()
    .join();

export const signingOut = (id: string, sessions: readonly Session[], after: () => void): Act => ({
  id: `sign out ${id}`,
  name: words.signOut,
  needs: "operator",
  danger: true,
  reach: words.signOutReach(countOf(sessions.length)),
  why: words.why,
  command: commandText("portcullis", "users", "sign-out", id),
  seen: seenOf(id),
  run: async (why) => {
    await ask("DELETE /users/{id}/sessions", { path: { id }, why });
    after();
    return undefined;
  },
});

const end = (id: string, session: string, why: string): Promise<unknown> =>
  ask("DELETE /users/{id}/sessions/{session}", { path: { id, session }, why });

export const endingSession = (id: string, session: Session, after: () => void): Act => ({
  id: `end ${session.id}`,
  name: words.signOutSession,
  needs: "operator",
  reach: words.signOutSessionReach(session.label),
  why: words.why,
  command: commandText("portcullis", "users", "sign-out", id, "--session", session.id),
  run: async (why) => {
    await end(id, session.id, why);
    after();
    return undefined;
  },
});

/** Every session of an account that one device holds. */
export function signingOutDevice(
  id: string,
  device: string,
  sessions: readonly Session[],
  after: () => void,
): Act {
  const held = sessions.filter(({ deviceId }) => deviceId === device);
  return {
    id: `device ${id} ${device}`,
    name: words.signOutDevice(countOf(held.length)),
    needs: "operator",
    reach: words.signOutDeviceReach(countOf(held.length)),
    why: words.why,
    command: held
      .map((one) => commandText("portcullis", "users", "sign-out", id, "--session", one.id))
      .join(" && "),
    seen: seenOf(id),
    run: async (why) => {
      for (const one of held) await end(id, one.id, why);
      after();
      return undefined;
    },
  };
}
