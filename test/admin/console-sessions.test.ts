import assert from "node:assert/strict";
import { after } from "node:test";
import { forEveryStore } from "../identity/every-store.ts";
import { type ConsoleAnswer, ServedConsole } from "./served-console.ts";
import type { Visitor } from "./visitor.ts";

const hour = 3_600_000;

forEveryStore((test, store) => {
  let opened: Promise<ServedConsole> | undefined;
  const served = (): Promise<ServedConsole> => (opened ??= new ServedConsole(store()).start());
  after(async () => (await opened)?.close());
  let count = 0;
  const somebody = async (role: "viewer" | "operator" | "admin"): Promise<Visitor> =>
    (await served()).personOf(role, `${role}-${(count += 1)}`);
  const codeOf = ({ body, status }: ConsoleAnswer): string =>
    `${status} ${body["code"] ?? ""}`.trim();

  test("who is signed in is told who they are, and the API answers them by their role", async () => {
    const viewer = await somebody("viewer");
    const { body, status } = await viewer.look();
    assert.deepEqual([status, body["role"], body["node"]], [200, "viewer", "gate-1"]);
    assert.equal(body["actor"], `console:${String(body["name"])}`);
    assert.equal((await viewer.get("/records")).status, 200);
    const refused = await viewer.change("POST", "/switches");
    assert.deepEqual([codeOf(refused), refused.body["needs"]], ["403 role-too-low", "operator"]);
    const set = viewer.last?.headers["set-cookie"]?.[0] ?? "";
    assert.match(
      set,
      /^portcullis-\d+=[\w-]{43}; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Strict$/,
    );
    assert.ok(set.startsWith(`portcullis-${(await served()).port}=`));
  });

  test("a session that was signed out, or that a browser was made to bring along, is nobody's", async () => {
    const console = await served();
    const visitor = await somebody("operator");
    const old = { cookie: visitor.cookie };
    const planted = `${visitor.cookie.split("=")[0]}=${"F".repeat(43)}`;
    visitor.cookie = planted;
    await visitor.signIn();
    assert.notEqual(visitor.cookie, planted);
    assert.equal(codeOf(await visitor.get("/records", { Cookie: planted })), "401 sign-in-needed");
    assert.equal((await visitor.get("/records", { Cookie: old.cookie })).status, 200);
    visitor.cookie = old.cookie;
    await visitor.signIn();
    assert.equal(
      codeOf(await visitor.get("/records", { Cookie: old.cookie })),
      "401 sign-in-needed",
      "signing in again ends what the browser had",
    );
    await visitor.look();
    const kept = visitor.cookie;
    const out = await visitor.change("DELETE", "/session");
    assert.match(String(out.headers["set-cookie"]), /=; Path=\/; Max-Age=0/);
    assert.equal(codeOf(await visitor.get("/records", { Cookie: kept })), "401 sign-in-needed");
    assert.equal(codeOf(await visitor.change("POST", "/switches")), "401 sign-in-needed");
    assert.deepEqual(console.did, []);
  });

  test("only the console's own page may ask: no other origin, host, port, site or form", async () => {
    const console = await served();
    const operator = await somebody("operator");
    const { port } = console;
    const foreign: [string, Record<string, string>][] = [
      ["403 foreign-origin", { Origin: "https://evil.example" }],
      ["403 foreign-origin", { Origin: "null" }],
      ["403 foreign-origin", { Origin: `http://localhost:${port + 1}` }],
      ["403 foreign-origin", { Origin: `https://localhost:${port}` }],
      ["403 foreign-origin", { Origin: `http://127.0.0.1:${port}` }],
      ["403 foreign-origin", { Origin: `http://localhost:${port}.evil.example` }],
      ["403 foreign-origin", { "Sec-Fetch-Site": "cross-site" }],
      ["403 foreign-origin", { "Sec-Fetch-Site": "same-site" }],
      ["421 foreign-host", { Host: `127.0.0.1:${port}` }],
      ["421 foreign-host", { Host: `[::1]:${port}` }],
      ["421 foreign-host", { Host: "localhost" }],
      ["421 foreign-host", { Host: `localhost:${port + 1}` }],
      ["421", { Host: `localhost:0${port}` }],
      ["421", { Host: `LOCALHOST.:${port}` }],
      ["421", { Host: `evil.example:${port}` }],
      ["421", { Host: `localhost.evil.example:${port}` }],
    ];
    for (const [expected, headers] of foreign) {
      const words = JSON.stringify(headers);
      assert.equal(
        codeOf(await operator.change("POST", "/switches", undefined, headers)),
        expected,
        words,
      );
      assert.equal(codeOf(await operator.get("/records", headers)), expected, words);
      const posted = await console.post("/sign-in/options", {}, headers);
      assert.equal(codeOf(posted), expected, words);
    }
    for (const site of ["same-origin", "none"])
      assert.equal((await operator.get("/records", { "Sec-Fetch-Site": site })).status, 200);
    const typed = await operator.change("POST", "/switches", undefined, {
      "Sec-Fetch-Site": "none",
    });
    assert.equal(codeOf(typed), "403 foreign-origin", "no person types a change");
    assert.deepEqual(console.did, []);
  });

  test("a change carries the act token of its own session, and no other", async () => {
    const console = await served();
    const [operator, other] = [await somebody("operator"), await somebody("operator")];
    for (const act of [
      "",
      "x",
      other.act,
      operator.act.slice(1),
      `${operator.act}=`,
      operator.cookie,
    ])
      assert.equal(
        codeOf(await operator.change("POST", "/switches", undefined, { "Portcullis-Act": act })),
        "403 act-token-missing",
      );
    assert.deepEqual(console.did, []);
    assert.equal((await operator.change("POST", "/switches")).status, 200);
    assert.deepEqual(console.did.splice(0), ["switched"]);
    assert.notEqual(operator.act, operator.cookie);
    const twice = `${operator.cookie}; ${other.cookie}`;
    assert.equal(codeOf(await operator.get("/records", { Cookie: twice })), "401 sign-in-needed");
  });

  test("programs with a token ask as they did, and a wrong token is not made up for by a cookie", async () => {
    const console = await served();
    const operator = await somebody("operator");
    const bearer = { Authorization: `Bearer ${console.bearer}`, Origin: "https://evil.example" };
    assert.equal((await console.ask("POST", "/enforce-all", bearer)).status, 200);
    assert.deepEqual(console.did.splice(0), ["enforced"]);
    const wrong = { Authorization: "Bearer wrong" };
    assert.equal((await operator.get("/records", wrong)).status, 401);
    assert.equal((await operator.change("POST", "/switches", undefined, wrong)).status, 401);
  });

  test("sessions end after eight idle hours and after a week; what runs by itself is no person", async () => {
    const console = await served();
    const [busy, polled] = [await somebody("viewer"), await somebody("viewer")];
    const began = console.nowMs;
    const itself = { "Portcullis-Background": "1" };
    for (let hours = 0; hours < 21; hours += 7) {
      console.nowMs += 7 * hour;
      assert.equal((await busy.get("/records")).status, 200);
    }
    console.nowMs = began + 8 * hour - 1;
    assert.equal((await polled.get("/records", itself)).status, 200);
    assert.equal((await polled.get("/records?background=1")).status, 200);
    console.nowMs += 1;
    assert.equal(codeOf(await polled.get("/records", itself)), "401 sign-in-needed");
    for (console.nowMs = began; console.nowMs < began + 168 * hour - 7 * hour; ) {
      console.nowMs += 7 * hour;
      assert.equal((await busy.get("/records")).status, 200);
    }
    console.nowMs = began + 168 * hour;
    assert.equal(codeOf(await busy.get("/records")), "401 sign-in-needed");
  });

  test("a dangerous act asks for the passkey again, of the same person, once in five minutes", async () => {
    const console = await served();
    const [operator, other] = [await somebody("operator"), await somebody("operator")];
    assert.equal((await operator.change("POST", "/enforce-all")).status, 200);
    console.nowMs += 300_000;
    assert.equal(codeOf(await operator.change("POST", "/enforce-all")), "403 passkey-needed");
    assert.equal((await operator.change("POST", "/switches")).status, 200);
    console.did.splice(0);
    const asked = await operator.change("POST", "/session/confirmation/options");
    const { credential } = other.shows(asked);
    const theirs = await operator.change("POST", "/session/confirmation", { credential });
    assert.equal(codeOf(theirs), "403 proof");
    const forSignIn = operator.shows(await console.post("/sign-in/options", {}));
    const instead = { credential: forSignIn.credential };
    const confirmed = await operator.change("POST", "/session/confirmation", instead);
    assert.equal(codeOf(confirmed), "403 proof");
    assert.equal(codeOf(await operator.change("POST", "/enforce-all")), "403 passkey-needed");
    const { body, status } = await operator.confirm();
    assert.deepEqual([status, body["confirmedUntilMs"]], [200, console.nowMs + 300_000]);
    assert.equal((await operator.change("POST", "/enforce-all")).status, 200);
    assert.deepEqual(console.did.splice(0), ["enforced"]);
    console.nowMs -= 10 * 300_000;
    assert.equal(codeOf(await operator.change("POST", "/enforce-all")), "403 passkey-needed");
  });

  test("why an act is done is written down with it, and what cannot be read is said", async () => {
    const console = await served();
    const operator = await somebody("operator");
    console.noted.splice(0);
    const why = "Credential stuffing: 612 accounts – ende";
    await operator.change("POST", "/switches", undefined, {
      "Portcullis-Why": encodeURIComponent(why),
    });
    const [act] = console.noted;
    assert.deepEqual([act?.why, act?.operationId], [why, "throwSwitch"]);
    assert.match(act?.actor ?? "", /^console:operator-\d+$/);
    for (const odd of ["%E0%A4%A", encodeURIComponent("x".repeat(501))])
      assert.equal(
        (await operator.change("POST", "/switches", undefined, { "Portcullis-Why": odd })).status,
        400,
      );
    assert.deepEqual(console.did.splice(0), ["switched"]);
  });
});
