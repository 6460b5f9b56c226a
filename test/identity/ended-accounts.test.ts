import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Browser } from "./browser.ts";
import {
  freshApp,
  type GoOn,
  type Person,
  signInAt,
  states,
  statesOfNewDevices,
} from "./begun-states.ts";
import { type IdentityGate, password, startIdentityGate } from "./identity-gate.ts";
import { mailedCode, Visit, visitAt } from "./visit.ts";

let gate: IdentityGate;
/** Where a browser or device that is new is asked for a mailed code. */
let strict: IdentityGate;

const start = (secondFactor: string): Promise<IdentityGate> =>
  startIdentityGate({
    change: (policy) =>
      policy
        .replace("- { id: notes-app, ", "- { id: notes-app, nativeSignIn: true, ")
        .replace("roles: [member] }", `roles: [member], secondFactor: ${secondFactor} }`)
        .replace("apps:\n", `apps:\n${partner}`)
        .concat("\ntrustedProxies: [127.0.0.1]\n"),
  });

before(async () => {
  gate = await start("optional");
  strict = await start("new-device");
});
after(() => {
  gate.close();
  strict.close();
});

const partner = `  - id: partner
    kind: web
    redirectUris: ["https://partner.example/back"]
    scopes: [notes:read]
    firstParty: false
`;
/** Longer than it may take until every gate thread has heard of it. */
const aSecond = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1000));

const command = ({ gate: at }: Person, ...words: string[]): void => {
  const { error, status } = at.command("users", ...words);
  assert.equal(status, 0, error);
};

/** On the account page, in a browser of the owner's own. */
async function onAccountPage(
  person: Person,
  intent: string,
  fields: Readonly<Record<string, string>> = {},
): Promise<void> {
  const app = await freshApp(person);
  await signInAt(person, app);
  const at = await new Visit(app.browser).open(`${person.gate.origin}/account`);
  await at.send(intent, fields);
  assert.equal(at.status, 200, at.page);
  const still = await new Visit(app.browser).open(`${person.gate.origin}/account`);
  assert.match(still.page, /Your account/, "the browser in which it was asked for stays signed in");
}

/** Whatever ends all that was begun for an account. */
const ends: Readonly<Record<string, (person: Person) => Promise<void>>> = {
  "its owner resets the password": async ({ email, gate: own }) => {
    const { at } = await visitAt(own);
    await at.send("go-reset");
    await at.send("reset", { email });
    await at.send("code", { code: await mailedCode(own, email, "reset") });
    await at.send("new-password", { password: "words of the owner alone" });
    assert.ok(at.left !== undefined || /sent a code/.test(at.page), at.page);
  },
  "an administrator signs it out": (who) => {
    command(who, "sign-out", who.id);
    return Promise.resolve();
  },
  "everybody is signed out": (who) => {
    command(who, "sign-out", "--everybody");
    return Promise.resolve();
  },
  "it is disabled and enabled again": (who) => {
    command(who, "disable", who.id);
    command(who, "enable", who.id);
    return Promise.resolve();
  },
  "its owner signs out everywhere": (person) => onAccountPage(person, "end-all"),
  "its owner chooses another password": (person) =>
    onAccountPage(person, "password", { current: password, password: "other words of the owner" }),
  "its owner says that it was not them": async (person) => {
    await onAccountPage(person, "new-codes");
    const notice = await person.gate.mail(
      person.email,
      "security-notice",
      "recovery-codes-renewed",
    );
    const at = await new Visit(new Browser(person.gate)).open(notice.link ?? "");
    assert.match(at.page, /It was not you/);
    const token = /name="notice" value="([^"]+)"/.exec(at.page)?.[1] ?? "";
    const done = await at.browser.post("/sign-in/not-me", { notice: token });
    assert.match(await done.text(), /has ended/);
  },
};

let people = 0;
function somebody(at: IdentityGate): Person {
  people += 1;
  const email = `person-${people}@notes.example`;
  return { gate: at, email, id: at.addUser(email, "--role", "member") };
}

/** @returns what of the states went on after `end` */
async function wentOn(
  at: IdentityGate,
  begins: typeof states,
  end: (person: Person) => Promise<void>,
): Promise<Record<string, boolean>> {
  const who = somebody(at);
  const begun: [string, GoOn][] = [];
  for (const [name, begin] of Object.entries(begins)) begun.push([name, await begin(who)]);
  await end(who);
  await aSecond();
  const went: Record<string, boolean> = {};
  for (const [name, goOn] of begun) went[name] = await goOn();
  return went;
}

const none = (of: typeof states): Record<string, boolean> =>
  Object.fromEntries(Object.keys(of).map((name) => [name, false]));

test("whatever was begun for an account goes on as long as nothing ends it", {
  timeout: 90_000,
}, async () => {
  for (const [name, begin] of Object.entries(states))
    assert.equal(await (await begin(somebody(gate)))(), true, name);
  for (const [name, begin] of Object.entries(statesOfNewDevices))
    assert.equal(await (await begin(somebody(strict)))(), true, name);
});

for (const [name, end] of Object.entries(ends))
  test(`nothing that was begun for an account goes on after ${name}`, {
    timeout: 60_000,
  }, async () => {
    assert.deepEqual(await wentOn(gate, states, end), none(states));
    assert.deepEqual(await wentOn(strict, statesOfNewDevices, end), none(statesOfNewDevices));
  });
