import { refusalOf } from "../access/access-endpoints.ts";
import type { ConsoleAddress } from "../access/console-address.ts";
import { joinLink } from "../access/console-address.ts";
import type { ConsolePeople, ListedPerson } from "../access/console-people.ts";
import { ConsoleFault } from "../access/console-person.ts";
import type { EntryLinks } from "../access/entry-links.ts";
import { adminRoles } from "../administrator.ts";
import {
  type Answer,
  created,
  ok,
  Refused,
  route,
  type Route,
  type RouteRequest,
} from "../route.ts";
import { object, oneOf, text } from "../shape.ts";

/** Who may sign in to the console, and how others get in. */
export interface ConsoleEntry {
  readonly people: ConsolePeople;
  readonly links: EntryLinks;
  /** Undefined where the console has no name. */
  readonly address: () => ConsoleAddress | undefined;
}

const invitation = object({ role: oneOf(adminRoles) }, { name: text });
const change = object({ role: oneOf(adminRoles) }, {});

const string = { type: "string" };
const moment = { ...string, format: "date-time" };
const role = { ...string, enum: adminRoles };
const listed = {
  type: "object",
  properties: {
    name: string,
    role,
    createdAt: moment,
    lastSeenAt: { ...moment, description: "Of the sessions that stand." },
    passkeys: { type: "integer" },
  },
  required: ["name", "role", "createdAt", "passkeys"],
};

/** A handler whose faults are said in words and codes for a person. */
const saying =
  <B>(handle: (request: RouteRequest<B>) => Promise<Answer>) =>
  async (request: RouteRequest<B>): Promise<Answer> => {
    try {
      return await handle(request);
    } catch (fault) {
      throw fault instanceof ConsoleFault ? refusalOf(fault) : fault;
    }
  };

const actorOf = ({ by }: RouteRequest<unknown>): string => by?.actor ?? "nobody";

export const peopleRoutes = ({ address, links, people }: ConsoleEntry): readonly Route[] => [
  route({
    method: "GET",
    path: "/console/people",
    operationId: "listConsolePeople",
    summary: "Who may sign in to the console, by name",
    needs: "admin",
    answer: { status: 200, description: "All.", schema: { type: "array", items: listed } },
    handle: async () => ok((await people.list()).map(shown)),
  }),
  route({
    method: "POST",
    path: "/console/invitations",
    operationId: "inviteToConsole",
    summary: "Makes a link that lets one person into the console, once and within ten minutes",
    needs: "admin",
    confirm: true,
    body: invitation,
    answer: {
      status: 201,
      description: "The link, which is shown once. For somebody who is there, it adds a passkey.",
      schema: {
        type: "object",
        properties: { link: string, endsAt: moment },
        required: ["link", "endsAt"],
      },
    },
    handle: saying(async (request) => {
      const at = address();
      if (at === undefined)
        throw new Refused(
          409,
          "The console has no name",
          "Say in the policy by which name it is reached: admin: { url: https://… }",
        );
      const { name, role: as } = request.body;
      const { endsAtMs, secret } = await links.issue(as, actorOf(request), name);
      return created({ link: joinLink(at, secret), endsAt: new Date(endsAtMs).toISOString() });
    }),
  }),
  route({
    method: "PATCH",
    path: "/console/people/{name}",
    operationId: "changeConsolePerson",
    summary: "Changes what somebody of the console may do, from their next request on",
    needs: "admin",
    confirm: true,
    body: change,
    answer: { status: 200, description: "As it is now.", schema: listed },
    handle: saying(async (request) => {
      const name = request.path["name"] as string;
      return ok(
        shown(await people.changeRole(name, request.body.role, actorOf(request), request.why)),
      );
    }),
  }),
  route({
    method: "DELETE",
    path: "/console/people/{name}",
    operationId: "removeConsolePerson",
    summary:
      "Takes somebody out of the console: their sessions end, and their passkeys open nothing",
    needs: "admin",
    confirm: true,
    answer: {
      status: 200,
      description: "They are out.",
      schema: {
        type: "object",
        properties: { name: string, removed: { const: true } },
        required: ["name", "removed"],
      },
    },
    handle: saying(async (request) => {
      const name = request.path["name"] as string;
      await people.remove(name, actorOf(request), request.why);
      return ok({ name, removed: true });
    }),
  }),
];

const shown = ({ createdAtMs, lastSeenAtMs, ...rest }: ListedPerson) => ({
  ...rest,
  createdAt: new Date(createdAtMs).toISOString(),
  ...(lastSeenAtMs === undefined ? {} : { lastSeenAt: new Date(lastSeenAtMs).toISOString() }),
});
