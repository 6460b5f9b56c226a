import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { App } from "./app.ts";
import { type IdentityGate, password } from "./identity-gate.ts";
import { begins, challenge, type Challenged, redeem, startNativeGate } from "./native-app.ts";

let gate: IdentityGate;

before(async () => {
  ({ gate } = await startNativeGate());
});
after(() => gate.close());

const installation = (): Promise<App> => new App(gate).begin();

test("known and unknown people, and wrong passwords, are answered alike", async () => {
  const app = await installation();
  const one = await challenge(app, {
    ...begins,
    username: "plain@notes.example",
    password: "not the password at all",
  });
  const other = await challenge(app, {
    ...begins,
    username: "nobody@notes.example",
    password: "not the password at all",
  });
  const same = ({ body: { auth_session: session = "", ...rest }, status }: Challenged): unknown => [
    status,
    rest,
    session === "",
  ];
  assert.deepEqual(same(one), same(other));
  assert.equal(one.body.error, "access_denied");
});

test("of a thousand guesses of a second proof fewer than a hundred are judged, wherever they come from", {
  timeout: 60_000,
}, async () => {
  const thief = await installation();
  const begun = await challenge(thief, { ...begins, username: "two@notes.example", password });
  let judged = 0;
  for (let batch = 0; batch < 10; batch += 1) {
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, index) =>
        challenge(thief, {
          auth_session: begun.body.auth_session ?? "",
          otp: String(batch * 100 + index).padStart(6, "0"),
        }),
      ),
    );
    judged += answers.filter(({ body: { error } }) => error === "access_denied").length;
    const odd = answers.filter(({ status }) => ![403, 429, 503].includes(status));
    assert.deepEqual(
      odd.map(({ body, status }) => [status, body]),
      [],
    );
  }
  assert.ok(judged < 100, `${judged} guesses were judged`);
});

test("strangers who guess a password do not lock the owner's own device out, and another device waits", {
  timeout: 60_000,
}, async () => {
  const owner = await installation();
  const signIn = (app: App): Promise<Challenged> =>
    challenge(app, { ...begins, username: "plain@notes.example", password });
  await redeem(owner, (await signIn(owner)).body.authorization_code ?? "");
  const thief = await installation();
  let waits = 0;
  let waitSeconds = 0;
  // On until the wait is longer than what follows takes: a try that is judged in between would
  // double it.
  for (let batch = 0; batch < 10 || waitSeconds < 3; batch += 1) {
    for (const { headers, status } of await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        challenge(thief, {
          ...begins,
          username: "plain@notes.example",
          password: `guess number ${batch} ${index}`,
        }),
      ),
    )) {
      if (status === 429) waits += 1;
      waitSeconds = Number(headers.get("retry-after") ?? 0);
    }
  }
  assert.ok(waits > 100, `${waits} guesses had to wait`);
  assert.equal(
    (await signIn(await installation())).status,
    429,
    "a new device cannot be told from the thief's",
  );
  assert.equal((await signIn(owner)).status, 200);
});
