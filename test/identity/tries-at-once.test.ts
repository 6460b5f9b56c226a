import assert from "node:assert/strict";
import { after } from "node:test";
import { App } from "./app.ts";
import { formTokenOf } from "./browser.ts";
import { offeredStores } from "./every-store.ts";
import { freshDatabase } from "./fresh-database.ts";
import { type IdentityGate, password } from "./identity-gate.ts";
import { begins, challenge, startNativeGate } from "./native-app.ts";
import { test } from "../parts/test.ts";
import { mailedCode, visitAt } from "./visit.ts";

const tries = 200;
const opened: IdentityGate[] = [];
after(() => {
  for (const gate of opened) gate.close();
});

for (const { name, needs } of offeredStores) {
  let starting: ReturnType<typeof startNativeGate> | undefined;
  const start = async (postgres: string | undefined): Promise<IdentityGate> => {
    starting ??= startNativeGate(
      needs.length === 0 ? undefined : await freshDatabase(postgres ?? ""),
    );
    const { gate } = await starting;
    if (!opened.includes(gate)) opened.push(gate);
    return gate;
  };
  const ofStore = (sentence: string, body: (gate: IdentityGate) => Promise<void>): void =>
    test(`${name}: ${sentence}`, { needs, timeout: 180_000 }, async ({ postgres }) =>
      body(await start(postgres)),
    );

  ofStore(`of ${tries} passwords sent to the pages at once, ten are judged`, async (gate) => {
    gate.addUser("pages@notes.example", "--role", "member");
    const owner = await new App(gate).begin();
    await owner.signIn("pages@notes.example");
    const { app, at } = await visitAt(gate);
    const answers = await inFlight(tries, async (index) => {
      const answer = await app.browser.post(at.url, {
        form: formTokenOf(at.page),
        intent: "password",
        email: "pages@notes.example",
        password: `guess number ${index}`,
      });
      await answer.arrayBuffer();
      return answer.status;
    });
    assert.equal(answers.filter((status) => status === 400).length, 10);
    assert.equal(answers.filter((status) => status === 429).length, tries - 10);
    const again = await new App(gate, "notes-app", owner.browser).begin();
    assert.ok((await again.signIn("pages@notes.example")).access_token, "the owner's browser");
    await newBrowserPasses(gate, "pages@notes.example");
  });

  ofStore(
    `of ${tries} passwords sent by an app's own screen at once, ten are judged`,
    async (gate) => {
      const email = "app@notes.example";
      gate.addUser(email, "--role", "member");
      const owner = await new App(gate).begin();
      const { body } = await challenge(owner, { ...begins, username: email, password });
      assert.ok(body.authorization_code !== undefined);
      const thief = await new App(gate).begin();
      const answers = await inFlight(tries, (index) =>
        challenge(thief, { ...begins, username: email, password: `guess number ${index}` }),
      );
      assert.equal(answers.filter((one) => one.body.error === "access_denied").length, 10);
      assert.equal(answers.filter((one) => one.status === 429).length, tries - 10);
    },
  );

  ofStore("of 200 second proofs sent at once, ten are judged", async (gate) => {
    const thief = await new App(gate).begin();
    const begun = await challenge(thief, { ...begins, username: "two@notes.example", password });
    const answers = await inFlight(200, (index) =>
      challenge(thief, {
        auth_session: begun.body.auth_session ?? "",
        otp: String(index).padStart(6, "0"),
      }),
    );
    assert.equal(answers.filter((one) => one.body.error === "access_denied").length, 10);
  });

  ofStore("of 60 resets asked for at once, five mails are sent", async (gate) => {
    const visits = await inFlight(60, () => visitAt(gate));
    for (const { at } of visits) await at.send("go-reset");
    await Promise.all(visits.map(({ at }) => at.send("reset", { email: "plain@notes.example" })));
    const mails = await gate.allMails();
    assert.equal(mails.filter((mail) => mail.purpose === "reset").length, 5);
  });
}

/** So many as the gate takes at once, until all are answered. */
async function inFlight<T>(times: number, work: (index: number) => Promise<T>): Promise<T[]> {
  const answers: T[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let index = next++; index < times; index = next++) answers.push(await work(index));
  };
  await Promise.all(Array.from({ length: 100 }, lane));
  return answers;
}

/** The owner, whom strangers have used up every try of, with a browser that is new. */
async function newBrowserPasses(gate: IdentityGate, email: string): Promise<void> {
  const { at } = await visitAt(gate);
  await at.send("password", { email, password });
  assert.equal(at.status, 429, "the right password is not judged");
  const told = at.page;
  const nobody = await visitAt(gate);
  for (let index = 0; index < 11; index += 1)
    await nobody.at.send("password", { email: "nobody@notes.example", password: "a wrong one" });
  const shape = (page: string): string =>
    page.replaceAll(/value="[\w-]{43}"|sign-in\/[\w-]+|\w+@notes\.example|\d+/g, "");
  assert.equal(shape(told), shape(nobody.at.page), "nor whether there is an account");
  await at.send("send-code");
  await nobody.at.send("send-code");
  assert.equal(shape(at.page), shape(nobody.at.page));
  const code = await mailedCode(gate, email, "too-many-tries");
  const mails = await gate.allMails();
  assert.ok(!mails.some(({ to }) => to === "nobody@notes.example"));
  await at.send("code", { code: "aaaa-aaaa-aaaa-aaaa" });
  assert.equal(at.status, 400);
  // Strangers who ask for codes and try them change nothing for whoever reads the mail.
  const stranger = await visitAt(gate);
  await stranger.at.send("password", { email, password: "a wrong one" });
  for (let index = 0; index < 10; index += 1)
    await stranger.at.send("code", { code: `aaaa-aaaa-aaaa-aa${index}a` });
  await at.send("code", { code });
  assert.match(at.page, /Sign in to Notes/);
  await at.send("password", { email, password: "mistyped once" });
  assert.equal(at.status, 400);
  await at.send("password", { email, password });
  assert.ok(at.left !== undefined, at.page);
}
