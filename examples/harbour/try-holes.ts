// Tries every hole on the bare backend and through the gate, and prints what stood open.
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startBank } from "./bank/server.ts";
import { startGate } from "./gate.ts";
import { tryHoles } from "./holes.ts";
import { sender } from "./send.ts";

const directory = mkdtempSync(join(tmpdir(), "portcullis-holes-"));
const bank = await startBank({ file: ":memory:", port: 0, issuerPort: 0 });
const file = join(directory, "portcullis.yaml");
writeFileSync(file, readFileSync(join(import.meta.dirname, "portcullis.yaml"), "utf8").replaceAll("http://127.0.0.1:4000", bank.url).replaceAll("http://127.0.0.1:4001", bank.issuer.url).replaceAll("./openapi", `${import.meta.dirname}/openapi`));
const gate = await startGate(["--config", file, "--port", "0", "--admin-port", "0", "--threads", "1"], join(directory, "state"));
const bare = sender(bank.url);
const login = async (username: string, password: string): Promise<string> => ((await bare("POST", "/v1/sessions", { json: { username, password } })).body as { accessToken: string }).accessToken;
const outcomes = await tryHoles(bare, sender(`https://localhost:${gate.port}`, { ca: gate.ca }), login);
console.log(`${"".padEnd(12)}${"BARE".padEnd(8)}GATE`);
for (const { bare: onBare, gated, hole } of outcomes) console.log(`${hole.risk.padEnd(12)}${(onBare ? "open" : "closed").padEnd(8)}${(gated ? "open" : "closed").padEnd(8)}${hole.name}`);
gate.process.kill("SIGTERM");
bank.close();
process.exitCode = outcomes.some((outcome) => outcome.gated) ? 1 : 0;
