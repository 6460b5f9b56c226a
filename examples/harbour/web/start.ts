// The bank with the built-in issuer before it, and a web client to sign in with: `npm run
// start:web`.
import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { startBank } from "../bank/server.ts";
import { main, startGate } from "../gate.ts";
import { serveWebClient } from "./serve.ts";

const directory = join(import.meta.dirname, ".portcullis");
const policy = join(import.meta.dirname, "portcullis.yaml");
const people = [
  ["ann@harbour.example", "c-1001"],
  ["ben@harbour.example", "c-1002"],
] as const;
export const password = "correct horse battery staple";

mkdirSync(directory, { recursive: true, mode: 0o700 });
try {
  const bank = await startBank({ file: ":memory:", port: 4000, issuerPort: 4001 });
  const web = await serveWebClient(4002);
  for (const [email, id] of people)
    spawnSync(
      process.execPath,
      [
        "--conditions=@portcullis/source",
        "--disable-warning=ExperimentalWarning",
        main,
        "users",
        "add",
        email,
        "--id",
        id,
        "--role",
        "customer",
        "--verified",
        "--password-stdin",
        "--config",
        policy,
        "--directory",
        directory,
      ],
      { input: password },
    );
  const gate = await startGate(["--config", policy], directory);
  gate.process.stderr?.pipe(process.stderr);
  console.log(
    [
      gate.said().trimEnd(),
      "",
      `Open https://localhost:${gate.port}/app (your browser will not know the certificate) and sign in as`,
      `  ${people[0][0]}`,
      `  ${password}`,
      `People see their sessions and passkeys at https://localhost:${gate.port}/account. Ctrl-C stops everything.`,
    ].join("\n"),
  );
  gate.process.once("exit", (code) => {
    bank.close();
    web.close();
    process.exitCode = code ?? 1;
  });
  process.on("SIGINT", () => undefined);
  process.on("SIGTERM", () => gate.process.kill("SIGTERM"));
} catch (fault) {
  console.error(`${(fault as Error).message}\nPorts 4000, 4001, 4002, 8443 and 9443 must be free.`);
  process.exitCode = 2;
}
