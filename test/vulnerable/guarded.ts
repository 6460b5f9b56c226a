import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startGate } from "../../examples/harbour/gate.ts";
import { documentOf, type VulnerableApp } from "./app.ts";
import type { Base } from "./client.ts";

/** A gate before an application, with this policy. */
export async function guarded(
  app: VulnerableApp,
  upstream: string,
  policy: string,
): Promise<Base & { readonly close: () => void }> {
  const directory = mkdtempSync(join(tmpdir(), `portcullis-${app.name}-`));
  writeFileSync(join(directory, "openapi.json"), documentOf(app));
  for (const [name, text] of Object.entries(app.files ?? {}))
    writeFileSync(join(directory, name), text);
  const file = join(directory, "portcullis.yaml");
  writeFileSync(file, policy.replace("UPSTREAM", upstream));
  const gate = await startGate(
    ["--config", file, ..."--port 0 --admin-port 0 --threads 1".split(" ")],
    join(directory, "state"),
    { ...process.env, ...app.environment },
  );
  return {
    url: `https://localhost:${gate.port}`,
    ca: gate.ca,
    close: () => gate.process.kill("SIGKILL"),
  };
}
