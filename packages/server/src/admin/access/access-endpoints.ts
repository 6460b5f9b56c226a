import { audit } from "@portcullis/identity/audit";
import { browserWords } from "@portcullis/identity/device-words";
import type { AdminRequest } from "../answer-request.ts";
import { type AdminReply, asAnswer, replyOf } from "../problem-reply.ts";
import { type Answer, ok, Refused } from "../route.ts";
import { anything, object, text } from "../shape.ts";
import { cookieField } from "./console-address.ts";
import type { ConsoleAccess } from "./console-access.ts";
import { ConsoleFault, roleOf } from "./console-person.ts";
import { confirmedForMs, idleMs, longestMs, type SignedIn } from "./console-sessions.ts";
import { holdToOwnPage } from "./own-page.ts";

type Endpoint = (access: ConsoleAccess, asked: AdminRequest) => Promise<Told>;
interface Told {
  readonly answer: Answer;
  readonly headers?: Readonly<Record<string, string>>;
}

const looking = object({ link: text }, {});
const choosing = object({ link: text }, { name: text });
const joining = object({ link: text, ticket: text, credential: anything }, { name: text });
const showing = object({ ticket: text, credential: anything }, {});
const confirmation = object({ credential: anything }, {});
const nothing = object({}, {});

/** What the pages of the console ask for to get in, and the console about who is in. */
const endpoints: Readonly<Record<string, Endpoint>> = {
  "POST /join/look": async (access, asked) => {
    const { link } = looking.read(await asked.readJson(), "");
    const { endsAtMs, name, role } = await access.links.look(link);
    return { answer: ok({ name, role, endsAtMs, node: access.node }) };
  },
  "POST /join/options": async (access, asked) => {
    const { link, name = "" } = choosing.read(await asked.readJson(), "");
    const found = await access.links.look(link);
    const called = await access.people.nameFor(found, name);
    const person = await access.store.consolePeople.byName(called);
    const proof = await access.proofs.askForNew(`join ${found.hash}`, called, person);
    return { answer: ok(proof) };
  },
  "POST /join": async (access, asked) => {
    const shown = joining.read(await asked.readJson(), "");
    const link = await access.links.look(shown.link);
    const passkey = await access.proofs.made(`join ${link.hash}`, shown);
    const label = labelOf(asked);
    return enter(access, asked, await access.people.join(link, shown.name ?? "", passkey, label));
  },
  "POST /sign-in/options": async (access, asked) => {
    nothing.read(await asked.readJson(), "");
    return { answer: ok(await access.proofs.ask("sign-in")) };
  },
  "POST /sign-in": async (access, asked) => {
    const shown = showing.read(await asked.readJson(), "");
    return enter(access, asked, await access.proofs.personOf("sign-in", shown));
  },
  "GET /session": async (access, asked) => ({
    answer: ok(toldOf(access, await whoIs(access, asked))),
  }),
  "DELETE /session": async (access, asked) => {
    const { person } = await whoIs(access, asked);
    await access.sessions.end(access.cookieOf(asked) ?? "");
    await note(access, person.name, "console-signed-out");
    return { answer: ok({}), headers: { "Set-Cookie": cookieField(access.address, "", 0) } };
  },
  "POST /session/confirmation/options": async (access, asked) => {
    const { session } = await whoIs(access, asked);
    return { answer: ok({ publicKey: await access.confirming.ask(session.hash) }) };
  },
  "POST /session/confirmation": async (access, asked) => {
    const { person, session } = await whoIs(access, asked);
    const { credential } = confirmation.read(await asked.readJson(), "");
    if ((await access.confirming.shownBy(session.hash, credential)) !== person.id)
      throw new ConsoleFault("proof", "This passkey is not of the one who is signed in.");
    const confirmedUntilMs = await access.sessions.confirm(session);
    await note(access, person.name, "console-confirmed");
    return { answer: ok({ confirmedUntilMs }) };
  },
};

/** @returns undefined for an address that is none of these */
export async function answerAccess(
  access: ConsoleAccess,
  asked: AdminRequest,
): Promise<AdminReply | undefined> {
  const path = URL.parse(asked.target, "http://admin.invalid")?.pathname ?? "";
  const what = `${asked.method} ${path}`;
  const endpoint = Object.hasOwn(endpoints, what) ? endpoints[what] : undefined;
  if (endpoint === undefined) return undefined;
  try {
    holdToOwnPage(asked, access.address);
    const { answer, headers = {} } = await endpoint(access, asked);
    const reply = replyOf(answer);
    return { ...reply, headers: { ...reply.headers, ...headers } };
  } catch (fault) {
    const { traceparent } = asked;
    const refused = fault instanceof ConsoleFault ? refusalOf(fault) : fault;
    return replyOf(asAnswer(refused, { what, traceparent, say: access.say }));
  }
}

const statusOf: Readonly<Record<ConsoleFault["code"], number>> = {
  "link-ended": 404,
  "locks-you-out": 409,
  name: 400,
  "name-taken": 409,
  nobody: 404,
  proof: 403,
};

export const refusalOf = ({ code, message }: ConsoleFault): Refused =>
  new Refused(statusOf[code], "This cannot be done", message, { code });

/** Signs in whoever has proven who they are; what this browser had before ends. */
async function enter(access: ConsoleAccess, asked: AdminRequest, personId: string): Promise<Told> {
  const person = await access.people.byId(personId);
  if (person === undefined) throw new ConsoleFault("proof", "This person was removed.");
  const before = access.cookieOf(asked);
  if (before !== undefined) await access.sessions.end(before);
  const value = await access.sessions.begin(personId, labelOf(asked));
  await note(access, person.name, "console-signed-in");
  return {
    answer: ok({}),
    headers: { "Set-Cookie": cookieField(access.address, value, longestMs / 1000) },
  };
}

async function whoIs(access: ConsoleAccess, asked: AdminRequest): Promise<SignedIn> {
  const found = await access.signedIn(asked);
  if (found === undefined)
    throw new Refused(401, "Nobody is signed in", "Sign in at /sign-in.", {
      code: "sign-in-needed",
    });
  return found;
}

const toldOf = (access: ConsoleAccess, { actToken, person, session }: SignedIn) => ({
  actor: `console:${person.name}`,
  name: person.name,
  role: roleOf(person),
  actToken,
  node: access.node,
  signedInAtMs: session.createdAtMs,
  idleEndsAtMs: session.seenAtMs + idleMs,
  endsAtMs: session.createdAtMs + longestMs,
  confirmedUntilMs: session.confirmedAtMs + confirmedForMs,
});

const labelOf = ({ headers }: AdminRequest): string => browserWords(headers["user-agent"]);

const note = (access: ConsoleAccess, name: string, action: string): Promise<void> =>
  audit(access.store.audit, access.nowMs(), {
    actor: `console:${name}`,
    action,
    about: `console:${name}`,
  });
