import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../../packages/server/src/cli/verbs/learn.ts";
import { documentOf, startApp, type VulnerableApp } from "./app.ts";

interface Learnt {
  readonly rules: readonly { readonly operation: string; readonly owner: string }[];
  readonly left: readonly string[];
  readonly notes: readonly string[];
  readonly notAsked: readonly string[];
}

/** Runs the command against an application that stands bare. */
export async function learn(
  app: VulnerableApp,
  context: { after(end: () => void): void },
  more: Readonly<Record<string, string>> = {},
) {
  app.reset();
  const running = await startApp(app);
  context.after(() => running.close());
  const directory = mkdtempSync(join(tmpdir(), `portcullis-learn-${app.name}-`));
  const at = (name: string): string => join(directory, name);
  writeFileSync(at("openapi.json"), documentOf(app));
  for (const person of ["ann", "ben"] as const)
    writeFileSync(at(`${person}.yaml`), JSON.stringify(app.learnAs(person)));
  let out = "";
  const code = await run(
    {
      words: ["owners"],
      values: {
        as: [at("ann.yaml"), at("ben.yaml")],
        openapi: [at("openapi.json")],
        upstream: [running.url],
        out: at("learned.yaml"),
        pause: "0",
        json: true,
        ...more,
      },
    },
    app.environment ?? {},
    { out: (text) => (out += text), error: () => undefined },
  );
  const learnt = JSON.parse(out) as Learnt;
  return {
    code,
    ...learnt,
    reached: [...running.reached],
    running,
    fragment: readFileSync(at("learned.yaml"), "utf8"),
  };
}
