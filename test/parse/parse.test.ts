import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { copyFileSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type StartedGate, startGate } from "../../examples/harbour/gate.ts";
import { freshDatabase } from "../identity/fresh-database.ts";
import { test } from "../parts/test.ts";
import { openSdk, type ParseSdk } from "./sdk.ts";

async function startParse(
  packages: string,
  postgres: string,
): Promise<{ readonly upstream: string; readonly process: ChildProcess }> {
  const program = spawn(
    process.execPath,
    [join(import.meta.dirname, "parse-program.ts"), packages, await freshDatabase(postgres)],
    // It writes its logs beside wherever it is started.
    {
      cwd: mkdtempSync(join(tmpdir(), "portcullis-parse-server-")),
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  return new Promise((resolve, reject) => {
    let said = "";
    program.once("exit", () => reject(new Error(`Parse Server did not start: ${said}`)));
    program.stdout.setEncoding("utf8").on("data", (part: string) => {
      said += part;
      const port = /port (\d+)/.exec(said)?.[1];
      if (port !== undefined) resolve({ upstream: `http://127.0.0.1:${port}`, process: program });
    });
  });
}

function gateBefore(upstream: string): Promise<StartedGate> {
  const directory = mkdtempSync(join(tmpdir(), "portcullis-parse-"));
  copyFileSync(join(import.meta.dirname, "openapi.yaml"), join(directory, "openapi.yaml"));
  const policy = readFileSync(join(import.meta.dirname, "portcullis.yaml"), "utf8");
  const file = join(directory, "portcullis.yaml");
  writeFileSync(file, policy.replace("OPENAPI", "openapi.yaml").replace("UPSTREAM", upstream));
  return startGate(["--config", file], join(directory, "state"));
}

const password = "correct horse";

async function signUp(sdk: ParseSdk, username: string): Promise<string> {
  const user = new sdk.User();
  await user.signUp({ username, password, email: `${username}@example.com` });
  return user.id;
}

test("Parse's own SDK does everything that its app does through a gate that enforces all, and nobody reaches another's notes", {
  needs: ["parse", "postgres"],
}, async ({ parse: packages, postgres }) => {
  const backend = await startParse(packages, postgres);
  const gate = await gateBefore(backend.upstream);
  const ends = [() => gate.process.kill("SIGKILL"), () => backend.process.kill("SIGKILL")];
  const { close, sdk } = openSdk(packages, {
    ca: gate.ca,
    origin: `https://localhost:${gate.port}`,
  });
  const { Query, Session, User } = sdk;
  try {
    const ann = await signUp(sdk, "ann");
    await User.logOut();
    await User.logIn("ann", password);
    const session = User.current()?.getSessionToken() ?? "";
    const note = new sdk.Object("Note", { title: "one", owner: User.current() });
    await note.save();
    assert.match(note.id, /^\w{10}$/);
    const found = await new Query("Note").equalTo("title", "one").limit(10).find();
    assert.deepEqual(
      found.map(({ id }) => id),
      [note.id],
    );
    const same = await new Query("Note").get(note.id);
    same.set("title", "two");
    await same.save();
    assert.equal((await note.fetch()).get("title"), "two");
    assert.equal((await Session.current()).get("sessionToken"), session);
    assert.equal((await User.become(session)).id, ann);

    // Parse lets everybody read and write a note that has no list of who may.
    await User.logOut();
    const ben = await signUp(sdk, "ben");
    assert.notEqual(ben, ann);
    assert.deepEqual(await new Query("Note").find(), []);
    await assert.rejects(new Query("Note").get(note.id), /not found/i);
    const known = new sdk.Object("Note", { id: note.id });
    await assert.rejects(known.fetch(), { code: "object-not-yours" });
    known.set("title", "taken");
    await assert.rejects(known.save());
    await assert.rejects(known.destroy());
    const owner = { __type: "Pointer", className: "_User", objectId: ann };
    await assert.rejects(new sdk.Object("Note", { title: "hers", owner }).save());
    const own = new sdk.Object("Note", { title: "his", owner: User.current() });
    await own.save();
    own.set("owner", owner);
    await assert.rejects(own.save());
    await User.logOut();

    await User.logIn("ann", password);
    assert.equal((await note.fetch()).get("title"), "two");
    await note.destroy();
    assert.deepEqual(await new Query("Note").find(), []);
    const last = User.current()?.getSessionToken() ?? "";
    await User.logOut();
    await assert.rejects(User.become(last), { code: "session-invalid" });
  } finally {
    for (const end of ends) end();
    await close();
  }
});
