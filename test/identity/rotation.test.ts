import assert from "node:assert/strict";
import { after } from "node:test";
import { decodeJwt } from "jose";
import { test as testWith } from "../parts/test.ts";
import { App, oauthError, type Tokens } from "./app.ts";
import { openDirectIssuer, type DirectIssuer } from "./direct-issuer.ts";

interface OfferedStore {
  readonly name: string;
  readonly needs: readonly "postgres"[];
}

/** Every store that is offered; each statement takes 1 to `delayMs` longer than it would. */
const stores: readonly OfferedStore[] = [
  { name: "SQLite", needs: [] },
  { name: "PostgreSQL", needs: ["postgres"] },
];
const hours = 3_600_000;
const rounds = Number(process.env["PORTCULLIS_TEST_ROUNDS"] ?? 6);
const callers = 20;

for (const { name, needs } of stores) {
  let issuer!: DirectIssuer;
  let opened: Promise<DirectIssuer> | undefined;
  const test = (sentence: string, body: () => Promise<void>): void =>
    testWith(sentence, { needs }, async ({ postgres }) => {
      const store = needs.length === 0 ? "sqlite" : postgres;
      issuer = await (opened ??= openDirectIssuer({ store, delayMs: 12 }));
      await body();
    });
  after(async () => (await opened)?.close());

  const signedIn = async (): Promise<{ app: App; tokens: Tokens }> => {
    const app = await new App(issuer).begin();
    return { app, tokens: await app.signIn(issuer.email) };
  };
  const all = (app: App, token: string): Promise<(Tokens | string)[]> =>
    Promise.all(
      Array.from({ length: callers }, async () => {
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 8));
        return app
          .refresh(token)
          .catch((fault: unknown) => String((fault as { error?: string }).error ?? fault));
      }),
    );
  const oneSession = async (
    _app: App,
    answers: readonly (Tokens | string)[],
    why: string,
  ): Promise<Tokens> => {
    const given = answers.map((answer) =>
      typeof answer === "string" ? answer : (answer.refresh_token as string),
    );
    assert.ok(
      answers.every((answer) => typeof answer !== "string"),
      `${why}: ${JSON.stringify(answers.filter((answer) => typeof answer === "string"))}`,
    );
    assert.deepEqual(
      new Set(given).size,
      1,
      `${why}: ${JSON.stringify(answers.filter((answer) => typeof answer === "string"))}`,
    );
    const [first] = answers as Tokens[];
    assert.equal(
      await issuer.liveTokens(decodeJwt((first as Tokens).access_token)["sid"] as string),
      1,
      why,
    );
    return first as Tokens;
  };

  test(`${name}: twenty callers with one refresh token, at once, end up with one session and one live token`, async () => {
    const { app, tokens } = await signedIn();
    let token = tokens.refresh_token as string;
    for (let round = 0; round < rounds; round += 1)
      token = (await oneSession(app, await all(app, token), `round ${round}`))
        .refresh_token as string;
    assert.deepEqual(issuer.incidents(), []);
  });

  test(`${name}: twenty callers hours after the answer was lost end up with one session and one live token`, async () => {
    let { app, tokens } = await signedIn();
    let token = tokens.refresh_token as string;
    for (let round = 0; round < rounds; round += 1) {
      // A session lives for thirty days.
      if (round % 40 === 39) {
        ({ app, tokens } = await signedIn());
        token = tokens.refresh_token as string;
      }
      // Rotated, and the answer lost.
      await app.refresh(token);
      issuer.advance(9 * hours);
      token = (await oneSession(app, await all(app, token), `round ${round}`))
        .refresh_token as string;
    }
    assert.deepEqual(issuer.incidents(), []);
  });

  test(`${name}: an answer that was lost is given again to the same key, for days, and never to another`, async () => {
    const { app, tokens } = await signedIn();
    const old = tokens.refresh_token as string;
    const lost = await app.refresh(old);
    assert.equal((await app.refresh(old)).refresh_token, lost.refresh_token);
    for (const later of [31_000, 9 * hours, 48 * hours, 72 * hours]) {
      issuer.advance(later);
      const thief = await new App(issuer).begin();
      assert.equal(await oauthError(thief.refresh(old)), "invalid_grant");
      const again = await app.refresh(old);
      assert.equal(await issuer.liveTokens(decodeJwt(again.access_token)["sid"] as string), 1);
    }
    issuer.advance(8 * 24 * hours);
    assert.equal(await oauthError(app.refresh(old)), "invalid_grant");
    assert.deepEqual(issuer.incidents(), []);
  });

  test(`${name}: once its successor was used, an old token ends the whole family and is an incident`, async () => {
    const { app, tokens } = await signedIn();
    const second = await app.refresh(tokens.refresh_token as string);
    const third = await app.refresh(second.refresh_token as string);
    issuer.advance(2 * 60_000);
    assert.equal(await oauthError(app.refresh(tokens.refresh_token as string)), "invalid_grant");
    assert.equal(await oauthError(app.refresh(third.refresh_token as string)), "invalid_grant");
    assert.match(issuer.incidents().join(), /a refresh token was used twice/);
    issuer.forgetIncidents();
  });

  test(`${name}: an access token of the new generation that was seen at the gate confirms it too`, async () => {
    const { app, tokens } = await signedIn();
    const second = await app.refresh(tokens.refresh_token as string);
    const { generation, sid } = decodeJwt(second.access_token) as {
      generation: number;
      sid: string;
    };
    issuer.seen([[sid, generation]]);
    await new Promise((resolve) => setTimeout(resolve, 400));
    issuer.advance(2 * 60_000);
    assert.equal(await oauthError(app.refresh(tokens.refresh_token as string)), "invalid_grant");
    assert.equal(await oauthError(app.refresh(second.refresh_token as string)), "invalid_grant");
    assert.match(issuer.incidents().join(), /a refresh token was used twice/);
    issuer.forgetIncidents();
  });

  test(`${name}: twenty redemptions of one code at once give one set of tokens; a later one gives none`, async () => {
    for (let round = 0; round < Math.min(rounds, 30); round += 1) {
      const app = await new App(issuer).begin();
      const authorized = await app.authorize(issuer.email);
      const answers = await Promise.all(
        Array.from({ length: callers }, () =>
          app
            .redeem(authorized)
            .catch((fault: unknown) => String((fault as { error?: string }).error ?? fault)),
        ),
      );
      await oneSession(app, answers, `round ${round}`);
      issuer.advance(2 * 60_000);
      assert.equal(await oauthError(app.redeem(authorized)), "invalid_grant");
    }
  });

  test(`${name}: a code that another key redeems a second time ends what it gave`, async () => {
    const app = await new App(issuer).begin();
    const authorized = await app.authorize(issuer.email);
    const tokens = await app.redeem(authorized);
    const thief = await new App(issuer).begin();
    assert.equal(await oauthError(thief.redeem(authorized)), "invalid_grant");
    assert.equal(await oauthError(app.refresh(tokens.refresh_token as string)), "invalid_grant");
  });

  test(`${name}: no token, code or session can be read in a copy of the database`, async () => {
    const { app, tokens } = await signedIn();
    const renewed = await app.refresh(tokens.refresh_token as string);
    const copy = await issuer.dump();
    assert.ok(copy.length > 1000);
    for (const secret of [
      tokens.refresh_token,
      tokens.access_token,
      renewed.refresh_token,
      renewed.access_token,
      ...[...app.browser.cookies.values()]
        .map(({ value }) => value)
        .filter((value) => value.length > 30),
    ])
      assert.ok(!copy.includes(secret as string));
  });
}
