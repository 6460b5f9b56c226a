import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Bank, startBank } from "./bank/server.ts";
import { type StartedGate, startGate } from "./gate.ts";
import { type Send, sender } from "./send.ts";

/**
 * The bank and the gate before it, each on ports of its own, for tests and for trying the holes.
 */
export interface GatedBank {
  readonly bank: Bank;
  readonly gate: StartedGate;
  readonly policyFile: string;
  /** The example's own policy with the ports and files of this run. */
  policy(change?: (text: string) => string): string;
  /** Straight to the backend, and through the gate as a build of the bank's app. */
  readonly bare: Send;
  through(appVersion?: string): Send;
  login(username: string, password: string): Promise<string>;
  close(): void;
}

export interface GatedBankOptions {
  /** What the policy is instead. Without it, it is the example's own. */
  readonly change?: (text: string) => string;
  /**
   * Limits as the example has them; otherwise wide, because tests come from one address and faster
   * than a person.
   */
  readonly ownLimits?: boolean;
  readonly environment?: NodeJS.ProcessEnv;
  readonly threads?: number;
  /** What is put into the gate's folder before it starts. */
  readonly before?: (state: string) => Promise<void>;
}

export async function startGatedBank({
  before,
  change = (text) => text,
  environment,
  ownLimits = false,
  threads = 1,
}: GatedBankOptions = {}): Promise<GatedBank> {
  const directory = mkdtempSync(join(tmpdir(), "portcullis-harbour-"));
  const policyFile = join(directory, "portcullis.yaml");
  const bank = await startBank({ file: ":memory:", port: 0, issuerPort: 0 });
  const policy: GatedBank["policy"] = (again = (text) => text) => {
    let text = readFileSync(join(import.meta.dirname, "portcullis.yaml"), "utf8")
      .replaceAll("http://127.0.0.1:4000", bank.url)
      .replaceAll("http://127.0.0.1:4001", bank.issuer.url)
      .replaceAll("./openapi", `${import.meta.dirname}/openapi`);
    if (!ownLimits)
      text = text
        .replace("{ rate: 300/min, burst: 60, per: address }", "{ rate: 100000/s, per: address }")
        .replace(
          "limits:\n  tiers: { standard: 100/min, premium: 1000/min }",
          "limits:\n  admission: off\n  tiers: { standard: 100/min, premium: 100000/s }",
        );
    return again(change(text));
  };
  writeFileSync(policyFile, policy());
  await before?.(join(directory, "state"));
  let gate: StartedGate;
  try {
    gate = await startGate(
      ["--config", policyFile, "--port", "0", "--admin-port", "0", "--threads", String(threads)],
      join(directory, "state"),
      environment,
    );
    await untilReady(gate);
  } catch (fault) {
    bank.close();
    throw fault;
  }
  const bare = sender(bank.url);
  return {
    bank,
    gate,
    policyFile,
    policy,
    bare,
    through: (appVersion) =>
      sender(`https://localhost:${gate.port}`, {
        ca: gate.ca,
        ...(appVersion === undefined
          ? {}
          : { headers: { "Portcullis-App": `harbour-ios/${appVersion}` } }),
      }),
    login: async (username, password) =>
      (
        (await bare("POST", "/v1/sessions", { json: { username, password } })).body as {
          accessToken: string;
        }
      ).accessToken,
    close() {
      gate.process.kill("SIGKILL");
      bank.close();
    },
  };
}

/** Until the gate has the issuer's keys. */
export async function untilReady(gate: StartedGate): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    if ((await fetch(`http://127.0.0.1:${gate.adminPort}/readyz`)).status === 200) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`the gate is not ready: ${gate.said()}`);
}
