// What `npm start` shows: the bank with its holes, the gate before it, and requests to try.
import { mkdirSync } from "node:fs";
import { join, relative } from "node:path";
import { startBank } from "./bank/server.ts";
import { startGate } from "./gate.ts";
import { sender } from "./send.ts";

const root = join(import.meta.dirname, "..", "..");
const directory = join(root, ".portcullis");
mkdirSync(directory, { recursive: true, mode: 0o700 });

const bank = await startBank({
  file: join(directory, "harbour.db"),
  port: 4000,
  issuerPort: 4001,
}).catch((fault: unknown) => {
  console.error(
    `The bank could not be started: ${(fault as Error).message}\nPorts 4000 and 4001 must be free.`,
  );
  process.exit(2);
});
try {
  const gate = await startGate(
    ["--config", join(import.meta.dirname, "portcullis.yaml")],
    directory,
  );
  gate.process.stderr?.pipe(process.stderr);
  const { body } = await sender(bank.url)("POST", "/v1/sessions", {
    json: { username: "ben", password: "battery staple" },
  });
  const here = (file: string): string => relative(process.cwd(), join(directory, file));
  const curl = `curl --cacert ${here("local-ca.crt")}`;
  const address = `https://localhost:${gate.port}`;
  console.log(
    [
      gate.said().trimEnd(),
      "",
      "The bank's holes are open on http://127.0.0.1:4000. Ben is signed in for ten minutes:",
      `  export BEN=${(body as { accessToken: string }).accessToken}`,
      "Try, from another terminal in this folder:",
      `  let through           ${curl} -H "Authorization: Bearer $BEN" ${address}/v1/accounts/a-3`,
      `  refused, with reason  ${curl} -H "Authorization: Bearer $BEN" ${address}/v1/accounts/a-1      # that is Ann's`,
      `  the record of it      curl -H "Authorization: Bearer $(cat ${here("admin-token")})" 'http://127.0.0.1:${gate.adminPort}/records?most=1'`,
      "The policy is examples/harbour/portcullis.yaml; a change is live when it is saved. Ctrl-C stops everything.",
    ].join("\n"),
  );
  gate.process.once("exit", (code) => {
    bank.close();
    process.exitCode = code ?? 1;
  });
  // The terminal sends Ctrl-C to the gate too; its end is ours.
  process.on("SIGINT", () => undefined);
  process.on("SIGTERM", () => gate.process.kill("SIGTERM"));
} catch (fault) {
  console.error((fault as Error).message);
  bank.close();
  process.exitCode = 2;
}
