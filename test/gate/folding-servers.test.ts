import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { freePort } from "../parts/free-port.ts";
import { test } from "../parts/test.ts";
import { headOf, startFieldGate } from "./field-gate.ts";

/** Answers what it takes for the account and for the user, in a field. */
const wsgi = `import sys
from wsgiref.simple_server import make_server, WSGIRequestHandler
class Silent(WSGIRequestHandler):
    def log_message(self, *args): pass
def app(environ, start_response):
    seen = environ.get("HTTP_X_ACCOUNT_ID", "-") + " " + environ.get("HTTP_REMOTE_USER", "-")
    start_response("200 OK", [("X-Seen", seen), ("Content-Length", "0")])
    return [b""]
make_server("127.0.0.1", int(sys.argv[1]), app, handler_class=Silent).serve_forever()
`;
const php = `<?php
header_remove("X-Powered-By");
header("X-Seen: " . ($_SERVER["HTTP_X_ACCOUNT_ID"] ?? "-") . " " . ($_SERVER["HTTP_REMOTE_USER"] ?? "-"));
header("Content-Length: 0");
`;

test(
  "WSGI servers take other spellings for the declared field, and behind the gate get none",
  { needs: ["python3"] },
  async ({ python3 }, context) => {
    const port = await freePort();
    const child = spawn(python3, ["-c", wsgi, String(port)], { stdio: "ignore" });
    await folds(child, port, ["X_Account_Id", "X-Account_Id", "x_account_id"], context);
  },
);

test(
  "PHP takes other spellings for the declared field, and behind the gate gets none",
  { needs: ["php"] },
  async ({ php: program }, context) => {
    const port = await freePort();
    const file = join(mkdtempSync(join(tmpdir(), "portcullis-php-")), "index.php");
    writeFileSync(file, php);
    const child = spawn(program, ["-S", `127.0.0.1:${port}`, file], { stdio: "ignore" });
    await folds(child, port, ["X_Account_Id", "X.Account.Id", "X-Account.Id"], context);
  },
);

/** Asks the server itself, and then through the gate. */
async function folds(
  child: ChildProcess,
  port: number,
  others: readonly string[],
  context: TestContext,
): Promise<void> {
  context.after(() => child.kill("SIGKILL"));
  await until(async () => (await seenBy(port, [])) !== undefined);
  for (const other of others)
    assert.equal(
      await seenBy(port, [other, "victim"]),
      "victim -",
      `${other} is no other spelling`,
    );
  const gate = await startFieldGate("", port);
  context.after(() => gate.close());
  const seen = async (fields: readonly string[]): Promise<string | undefined> =>
    (await gate.get("/declared", fields)).fields.get("x-seen");
  assert.equal(await seen(["X-Account-Id", "mine"]), "mine -");
  for (const other of others) {
    assert.equal(await seen([other, "victim"]), "- -", other);
    assert.equal(await seen(["X-Account-Id", "mine", other, "victim"]), undefined, other);
  }
  for (const user of ["Remote-User", "Remote_User", "Remote.User"])
    assert.equal(await seen([user, "admin"]), "- -", user);
}

function seenBy(port: number, fields: readonly string[]): Promise<string | undefined> {
  return new Promise((resolve) => {
    let answer = "";
    const end = (): void => resolve(/^x-seen: (.*)$/im.exec(answer)?.[1]?.trim());
    const socket = connect({ host: "127.0.0.1", port }, () =>
      socket.write(headOf("GET /declared", fields)),
    );
    socket
      .setEncoding("latin1")
      .on("data", (part: string) => (answer += part))
      .on("error", end)
      .on("close", end);
  });
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.fail("it never held");
}
