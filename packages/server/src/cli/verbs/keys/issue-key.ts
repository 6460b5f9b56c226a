import { randomBytes } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { hashOfKey, readApiKeyFile } from "@portcullis/guard/tokens";
import { writeWhole } from "../../../files/whole-file.ts";
import { loadPolicy } from "../../../policy/load-policy.ts";
import { list, policySources, text } from "../../sources.ts";
import { Misuse } from "../../terminal.ts";
import type { Command, Environment } from "../../verb.ts";

const heading = `# API keys by their hashes: the keys themselves are nowhere. Written by portcullis keys issue.
# Take an entry out, and its key opens nothing from the next moment on.
`;

export interface IssuedKey {
  readonly id: string;
  /** The key itself: shown now, and never again. */
  readonly key: string;
  readonly file: string;
}

/** Makes an API key for a source of the policy, and writes its hash into that source's file. */
export async function issueKey(
  { values }: Command,
  environment: Environment,
  subject: string | undefined,
): Promise<IssuedKey> {
  if (subject === undefined)
    throw new Misuse("say for whom: portcullis keys issue SUBJECT --scope reports:read");
  const file = await fileOf(values, environment);
  const expires = text(values["expires"]);
  if (expires !== undefined && !(Date.parse(expires) > Date.now()))
    throw new Misuse(`--expires ${expires} is no moment to come; expected such as 2027-12-31`);
  const kept = existsSync(file) ? readFileSync(file, "utf8") : heading;
  const { faults, keys } = existsSync(file) ? readApiKeyFile(file) : { faults: [], keys: [] };
  const [fault] = faults;
  if (keys === undefined)
    throw new Misuse(`${file}:${fault?.line ?? 1} ${fault?.message ?? "it cannot be read"}`);
  const id = `key-${randomBytes(6).toString("hex")}`;
  const key = `pck_${randomBytes(32).toString("base64url")}`;
  const quoted = (one: string): string => JSON.stringify(one);
  const lines = [
    `- id: ${id}`,
    `  hash: ${quoted(hashOfKey(key))}`,
    `  sub: ${quoted(subject)}`,
    ...(["role", "scope"] as const).flatMap((name) => {
      const all = list(values[name]);
      return all.length === 0 ? [] : [`  ${name}s: [${all.map(quoted).join(", ")}]`];
    }),
    `  issued: ${quoted(new Date().toISOString())}`,
    ...(expires === undefined ? [] : [`  expires: ${quoted(new Date(expires).toISOString())}`]),
  ];
  writeWhole(file, `${kept.trimEnd()}\n${lines.join("\n")}\n`);
  return { id, key, file };
}

async function fileOf(values: Command["values"], environment: Environment): Promise<string> {
  const { folder, policy } = await loadPolicy(policySources(values, environment, false));
  const named = text(values["source"]);
  const sources = Object.entries(policy?.identity?.sources ?? {}).filter(
    ([name, { keys }]) => keys !== undefined && (named === undefined || name === named),
  );
  const [only, another] = sources;
  if (only === undefined || another !== undefined)
    throw new Misuse(
      only === undefined
        ? "the policy has no such source of API keys; expected identity: { sources: { machines: { credential: { header: X-API-Key }, keys: { file: ./api-keys.yaml } } } }"
        : `several sources have keys; say which with --source: ${sources.map(([name]) => name).join(", ")}`,
    );
  return resolve(folder, only[1].keys?.file ?? "");
}
