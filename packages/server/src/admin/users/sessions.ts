import type { Administration } from "@portcullis/identity/administration";
import type { By } from "../administrator.ts";
import { type Answer, ok, route, type Route, type RouteRequest } from "../route.ts";
import { findAccount } from "./accounts.ts";

const string = { type: "string" };
const moment = { type: "integer", description: "Milliseconds since 1970." };
const session = {
  type: "object",
  properties: {
    id: string,
    accountId: string,
    clientId: string,
    deviceId: string,
    label: { type: "string", description: "App, build and system, as the sign-in said." },
    network: string,
    createdAt: moment,
    usedAt: moment,
  },
  required: ["id", "accountId", "clientId", "label", "network", "createdAt", "usedAt"],
};
const ended = {
  status: 200,
  description: "How many have ended.",
  schema: { type: "object", properties: { ended: { type: "integer" } }, required: ["ended"] },
};

/**
 * Where somebody is signed in.
 *
 * @param administration by the policy that serves at that moment
 */
export function sessionRoutes(administration: By<Administration>): readonly Route[] {
  const signOut = async ({ by, path }: RouteRequest<undefined>): Promise<Answer> => {
    const people = administration(by);
    const account = await findAccount(people, path);
    return ok({ ended: await people.signOut(account, path["session"]) });
  };
  return [
    route({
      method: "GET",
      path: "/users/{id}/sessions",
      operationId: "listSessions",
      summary: "Where somebody is signed in, the session used last first",
      needs: "operator",
      answer: { status: 200, description: "All.", schema: { type: "array", items: session } },
      handle: async ({ by, path }) => {
        const people = administration(by);
        return ok(await people.sessions.of((await findAccount(people, path)).id));
      },
    }),
    route({
      method: "DELETE",
      path: "/users/{id}/sessions",
      operationId: "endSessions",
      summary: "Signs somebody out everywhere; every token they have is refused",
      needs: "operator",
      confirm: true,
      answer: ended,
      handle: signOut,
    }),
    route({
      method: "DELETE",
      path: "/users/{id}/sessions/{session}",
      operationId: "endSession",
      summary: "Ends one session",
      needs: "operator",
      answer: ended,
      handle: signOut,
    }),
  ];
}
