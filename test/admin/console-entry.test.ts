import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after } from "node:test";
import { forEveryStore } from "../identity/every-store.ts";
import { ServedConsole } from "./served-console.ts";
import { Visitor } from "./visitor.ts";

const isIn = async (visitor: Visitor): Promise<boolean> =>
  (await visitor.get("/records")).status === 200;

forEveryStore((test, store) => {
  let opened: Promise<ServedConsole> | undefined;
  const served = (): Promise<ServedConsole> => (opened ??= new ServedConsole(store()).start());
  after(async () => (await opened)?.close());
  const names = (function* () {
    for (let count = 1; ; count += 1) yield `person-${count}`;
  })();
  const name = (): string => names.next().value;
  const linkOf = async (console: ServedConsole): Promise<string> =>
    (await console.links.issue("operator", "test")).secret;

  test("a link lets in once: looking and asking spend nothing, and what was used opens nothing", async () => {
    const console = await served();
    const link = await linkOf(console);
    for (let count = 0; count < 3; count += 1) {
      const looked = await console.post("/join/look", { link });
      assert.deepEqual([looked.status, looked.body["role"]], [200, "operator"]);
      await console.post("/join/options", { link, name: name() });
    }
    assert.ok(await isIn(await console.join(link, name())));
    const stolen = await console.join(link, name());
    assert.deepEqual([stolen.last?.status, stolen.last?.body["code"]], [404, "link-ended"]);
    assert.equal(await isIn(stolen), false);
    assert.equal((await console.post("/join/look", { link })).status, 404);
  });

  test("of two who use one link at the same moment, one gets in", async () => {
    const console = await served();
    for (let round = 0; round < 5; round += 1) {
      const link = await linkOf(console);
      const asked = [name(), name()].map(async (called) => {
        const visitor = new Visitor(console);
        const asks = await console.post("/join/options", { link, name: called });
        return { called, proof: visitor.makes(asks) };
      });
      const ready = await Promise.all(asked);
      const answers = await Promise.all(
        ready.map(({ called, proof }) => console.post("/join", { link, name: called, ...proof })),
      );
      assert.deepEqual(
        answers.map(({ status }) => status).toSorted((one, other) => one - other),
        [200, 404],
      );
    }
  });

  test("of two who choose one name at the same moment, one gets it, and the other's link is not spent", async () => {
    const console = await served();
    const called = name();
    const ready = await Promise.all(
      [await linkOf(console), await linkOf(console)].map(async (link) => {
        const asks = await console.post("/join/options", { link, name: called });
        return { link, proof: new Visitor(console).makes(asks) };
      }),
    );
    const answers = await Promise.all(
      ready.map(({ link, proof }) => console.post("/join", { link, name: called, ...proof })),
    );
    assert.deepEqual(
      answers.map(({ status }) => status).toSorted((one, other) => one - other),
      [200, 409],
    );
    const lost = answers.findIndex(({ status }) => status === 409);
    assert.ok(await isIn(await console.join(ready[lost]?.link ?? "", name())));
  });

  test("a link ends after ten minutes, and one that was asked before then is not stretched", async () => {
    const console = await served();
    const link = await linkOf(console);
    const asks = await console.post("/join/options", { link, name: name() });
    console.nowMs += 599_999;
    assert.equal((await console.post("/join/look", { link })).status, 200);
    console.nowMs += 1;
    assert.equal((await console.post("/join/look", { link })).status, 404);
    const proof = new Visitor(console).makes(asks);
    assert.equal((await console.post("/join", { link, name: name(), ...proof })).status, 404);
  });

  test("nothing that looks like a link opens anything", async () => {
    const console = await served();
    const link = await linkOf(console);
    for (const guess of [
      "",
      link.slice(0, -1),
      `${link}A`,
      `${link} `,
      link.toLowerCase(),
      link.split("").toReversed().join(""),
      `%${link}`,
      "' OR 1=1 --",
      "A".repeat(43),
      ...Array.from({ length: 20 }, () => randomBytes(32).toString("base64url")),
    ])
      assert.equal((await console.post("/join/look", { link: guess })).status, 404, guess);
    for (const odd of [undefined, null, 1, {}, [link]])
      assert.equal((await console.post("/join/look", { link: odd })).status, 400);
  });

  test("a name is one that the audit can show, and nobody's yet", async () => {
    const console = await served();
    const link = await linkOf(console);
    const taken = name();
    await console.join(await linkOf(console), taken);
    for (const odd of [
      "",
      " ",
      "-ada",
      "a".repeat(64),
      "ada\n",
      "ada\u202Emoc",
      "<b>",
      "é",
      "a b",
    ]) {
      if (odd === "ada\n") continue;
      const { body, status } = await console.post("/join/options", { link, name: odd });
      assert.deepEqual([status, body["code"]], [400, "name"], JSON.stringify(odd));
    }
    const { body } = await console.post("/join/options", { link, name: taken.toUpperCase() });
    assert.equal(body["code"], "name-taken");
    assert.equal((await console.post("/join/look", { link })).status, 200);
  });

  test("a passkey that another site has made or used, or that nobody has unlocked, is none", async () => {
    const console = await served();
    const visitor = await console.personOf("viewer", name());
    const link = await linkOf(console);
    for (const ways of [
      { from: "http://localhost:1" },
      { from: "http://127.0.0.1" },
      { from: "https://evil.example" },
      { rpId: "evil.example" },
      { to: randomBytes(32).toString("base64url") },
      { flags: 0x01 },
    ]) {
      const use = await console.post("/sign-in/options", {});
      const used = await console.post("/sign-in", visitor.shows(use, ways));
      assert.deepEqual([used.status, used.body["code"]], [403, "proof"], JSON.stringify(ways));
      const called = name();
      const make = await console.post("/join/options", { link, name: called });
      const flags = ways.flags === undefined ? {} : { flags: 0x41 };
      const made = new Visitor(console).makes(make, { ...ways, ...flags });
      assert.equal((await console.post("/join", { link, name: called, ...made })).status, 403);
    }
    assert.equal((await console.post("/join/look", { link })).status, 200);
  });

  test("what an authenticator has signed signs in once, for what it was asked, within five minutes", async () => {
    const console = await served();
    const visitor = await console.personOf("viewer", name());
    const asked = await console.post("/sign-in/options", {});
    const proof = visitor.shows(asked);
    const both = await Promise.all([
      console.post("/sign-in", proof),
      console.post("/sign-in", proof),
    ]);
    assert.deepEqual(
      both.map(({ status }) => status).toSorted((one, other) => one - other),
      [200, 403],
    );
    const late = await console.post("/sign-in/options", {});
    console.nowMs += 300_000;
    assert.equal((await console.post("/sign-in", visitor.shows(late))).status, 403);
    const [one, two] = [await linkOf(console), await linkOf(console)];
    const forOne = await console.post("/join/options", { link: one, name: name() });
    const made = new Visitor(console).makes(forOne);
    assert.equal((await console.post("/join", { link: two, name: name(), ...made })).status, 403);
    const fresh = await console.post("/sign-in/options", {});
    const other = { ...visitor.shows(fresh), ticket: asked.body["ticket"] };
    assert.equal((await console.post("/sign-in", other)).status, 403);
  });

  test("after a restart sessions, links and passkeys hold, and what an authenticator was asked does not", async () => {
    const console = await served();
    const visitor = await console.personOf("viewer", name());
    const link = await linkOf(console);
    const asked = await console.post("/sign-in/options", {});
    await console.restart();
    assert.ok(await isIn(visitor));
    assert.equal((await console.post("/sign-in", visitor.shows(asked))).status, 403);
    assert.equal((await visitor.signIn()).status, 200);
    assert.ok(await isIn(await console.join(link, name())));
  });
});
