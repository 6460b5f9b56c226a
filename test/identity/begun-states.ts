import { decodeJwt } from "jose";
import { App, oauthError, type Tokens } from "./app.ts";
import { codeNow, secretOn } from "./authenticator.ts";
import { type IdentityGate, password } from "./identity-gate.ts";
import { begins, challenge, redeem } from "./native-app.ts";
import { mailedCode, validated, Visit, visitAt } from "./visit.ts";

/** Somebody whose sign-ins are begun, and ended in the middle. */
export interface Person {
  readonly gate: IdentityGate;
  readonly id: string;
  readonly email: string;
}

/** Tries to go on where it was left. @returns whether it went on */
export type GoOn = () => Promise<boolean>;

/** A sign-in through the pages, with the mailed code that a new browser is asked for. */
export async function signInAt(
  { email, gate }: Person,
  app: App,
  extra: Readonly<Record<string, string>> = {},
): Promise<{ readonly parameters: URLSearchParams; readonly verifier: string }> {
  const { url, verifier } = await app.authorizationUrl(extra);
  const at = await new Visit(app.browser).open(url);
  if (at.left === undefined) await at.send("password", { email, password });
  if (at.left === undefined)
    await at.send("second", { code: await mailedCode(gate, email, "new-device") });
  if (at.left === undefined) await at.send("allow");
  return { parameters: validated(at.left, app), verifier };
}

export const freshApp = ({ gate }: Person, isBound = true): Promise<App> =>
  new App(gate).begin(isBound);

export const tokensOf = async (person: Person, app: App): Promise<Tokens> =>
  app.redeem(await signInAt(person, app));

/** At the step in which a code is asked for that was mailed, because the app wants two proofs. */
async function atMailedCode({ email, gate }: Person): Promise<Visit> {
  const { at } = await visitAt(gate, { acr_values: "mfa" });
  await at.send("password", { email, password });
  return at;
}

async function atEnrolment(person: Person): Promise<Visit> {
  const at = await atMailedCode(person);
  return at.send("second", { code: await mailedCode(person.gate, person.email, "new-device") });
}

const went = (at: Visit, to: RegExp): boolean => at.left !== undefined || to.test(at.page);

/**
 * Everything in which a sign-in can be, or that is left of it, by name: begins it, and says how to
 * go on. A state that is added to the issuer is added here.
 */
export const states: Readonly<Record<string, (person: Person) => Promise<GoOn>>> = {
  "a sign-in whose mailed code is not typed yet": async (person) => {
    const at = await atMailedCode(person);
    const code = await mailedCode(person.gate, person.email, "new-device");
    return async () => went(await at.send("second", { code }), /Set up an authenticator/);
  },
  "a sign-in in which an authenticator is set up": async (person) => {
    const at = await atEnrolment(person);
    const code = codeNow(secretOn(at.page));
    return async () => went(await at.send("enrol", { code }), /recovery codes/);
  },
  "a reset whose mailed code is not typed yet": async ({ email, gate }) => {
    const { at } = await visitAt(gate);
    await at.send("go-reset");
    await at.send("reset", { email });
    const code = await mailedCode(gate, email, "reset");
    return async () => {
      await at.send("code", { code });
      return went(await at.send("new-password", { password: "somebody else's words" }), /One more/);
    };
  },
  "a reset whose new password is not typed yet": async ({ email, gate }) => {
    const { at } = await visitAt(gate);
    await at.send("go-reset");
    await at.send("reset", { email });
    await at.send("code", { code: await mailedCode(gate, email, "reset") });
    return async () =>
      went(await at.send("new-password", { password: "somebody else's words" }), /One more/);
  },
  "a code that is not redeemed yet": async (person) => {
    const app = await freshApp(person);
    const given = await signInAt(person, app);
    return async () => (await oauthError(app.redeem(given))) === "accepted";
  },
  "a code of the app's own screens": async (person) => {
    const app = await freshApp(person);
    const given = await challenge(app, { ...begins, username: person.email, password });
    const code = given.body.authorization_code ?? "";
    return async () => (await oauthError(redeem(app, code))) === "accepted";
  },
  "a browser that is signed in": async (person) => {
    const app = await freshApp(person);
    await signInAt(person, app);
    return async () => {
      const { url } = await app.authorizationUrl();
      return (await new Visit(app.browser).open(url)).left !== undefined;
    };
  },
  "a request of a signed-in browser for a second proof": async (person) => {
    const app = await freshApp(person);
    await signInAt(person, app);
    const at = await new Visit(app.browser).open(
      (await app.authorizationUrl({ acr_values: "mfa" })).url,
    );
    const code = await mailedCode(person.gate, person.email, "new-device");
    return async () => went(await at.send("second", { code }), /Set up an authenticator/);
  },
  "a person who is asked what a partner may do": async (person) => {
    const app = await new App(person.gate, "partner").begin();
    app.redirectUri = "https://partner.example/back";
    const { url, verifier } = await app.authorizationUrl({ scope: "openid notes:read" });
    const at = await new Visit(app.browser).open(url);
    await at.send("password", { email: person.email, password });
    if (/type="text"|one-time-code/.test(at.page))
      await at.send("second", { code: await mailed(person) });
    return async () => {
      await at.send("allow");
      if (at.left?.searchParams.get("code") == null) return false;
      const parameters = validated(at.left, app);
      return (await oauthError(app.redeem({ parameters, verifier }))) === "accepted";
    };
  },
  "the account page, opened": async (person) => {
    const app = await freshApp(person);
    await signInAt(person, app);
    const at = await new Visit(app.browser).open(`${person.gate.origin}/account`);
    return async () => went(await at.send("begin-totp"), /authenticator app, and then type/);
  },
  "a session that is bound to a key": (person) => sessionOf(person, true),
  "a session whose tokens are bound to nothing": (person) => sessionOf(person, false),
  "a refresh token": async (person) => {
    const app = await freshApp(person);
    const { refresh_token: token = "" } = await tokensOf(person, app);
    return async () => (await oauthError(app.refresh(token))) === "accepted";
  },
};

/** The same, where a browser or device that is new is asked for a mailed code. */
export const statesOfNewDevices: typeof states = {
  "a sign-in on the app's own screens": async (person) => {
    const app = await freshApp(person);
    const { body } = await challenge(app, { ...begins, username: person.email, password });
    const asked = { auth_session: body.auth_session ?? "", otp: await mailed(person) };
    return async () => (await challenge(app, asked)).status === 200;
  },
  "a browser that is known": async (person) => {
    const { at } = await visitAt(person.gate);
    await at.send("password", { email: person.email, password });
    await at.send("second", { code: await mailed(person) });
    const known = [...at.browser.cookies].find(([name]) => name.includes("known"));
    return async () => {
      const app = await freshApp(person);
      if (known !== undefined) (app.browser.cookies as Map<string, object>).set(...known);
      const { url } = await app.authorizationUrl();
      return (await app.throughPassword(url, person.email)).left !== undefined;
    };
  },
};

const mailed = ({ email, gate }: Person): Promise<string> => mailedCode(gate, email, "new-device");

/** Its access token at the gate. */
async function sessionOf(person: Person, isBound: boolean): Promise<GoOn> {
  const app = await freshApp(person, isBound);
  const tokens = await tokensOf(person, app);
  if (decodeJwt(tokens.access_token)["sid"] === undefined) throw new Error("no session");
  return async () => (await app.call("/notes", tokens)).status === 200;
}
