import { existsSync } from "node:fs";
import { extname, resolve } from "node:path";
import type { PolicySources } from "@portcullis/guard/policy";
import type { Command } from "./verb.ts";
import { Misuse } from "./terminal.ts";

const usual = [
  "portcullis.yaml",
  "portcullis.yml",
  "portcullis.config.ts",
  "portcullis.config.js",
  "portcullis.config.mjs",
];
const example = "--openapi openapi.yaml --upstream http://127.0.0.1:4000";
/** Stands where a command needs no backend. */
const noBackend = "http://127.0.0.1:9";

type Values = Command["values"];
type FlagValue = readonly [path: readonly string[], value: unknown];

export const text = (value: Values[string]): string | undefined =>
  typeof value === "string" ? value : undefined;
export const list = (value: Values[string]): string[] =>
  Array.isArray(value) ? value.map(String) : [];

/**
 * Where the policy comes from: the file that was named, the flags alone, or the file that lies
 * here.
 *
 * @throws Misuse when there is none, or two
 */
export function policySources(
  values: Values,
  environment: Readonly<Record<string, string | undefined>>,
  needsBackend: boolean,
): PolicySources {
  const config = text(values["config"]);
  const documents = list(values["openapi"]);
  const profile = text(values["profile"]) ?? environment["PORTCULLIS_PROFILE"];
  if (profile !== undefined && documents.length > 0)
    throw new Misuse("a profile is laid over a policy, and --openapi was given in place of one.");
  if (config !== undefined && documents.length > 0)
    throw new Misuse(
      "--config and --openapi were both given. The policy names its documents under 'apis'; give one of the two.",
    );
  if (documents.length > 0) {
    const targets = list(values["upstream"]);
    if (targets.length === 0 && needsBackend)
      throw new Misuse("no backend was named.\nFor example: --upstream http://127.0.0.1:4000");
    const apis = documents.map((document) => ({
      openapi: resolve(document),
      upstream: { targets: targets.length === 0 ? [noBackend] : targets },
    }));
    return { file: undefined, environment, flags: [[["apis"], apis], ...settings(values)] };
  }
  if (list(values["upstream"]).length > 0)
    throw new Misuse(
      "--upstream was given without --openapi. A policy names its backends under 'apis'.",
    );
  const file = config ?? usual.find((name) => existsSync(name));
  if (file === undefined)
    throw new Misuse(
      "there is no policy here and no document was named.\n" +
        `For example: ${example}\n` +
        `Or write a policy first: portcullis init ${example}`,
    );
  if (!existsSync(file))
    throw new Misuse(
      `${file} does not exist.\nTo write one: portcullis init ${example} --out ${file}`,
    );
  return {
    file,
    profile: profile === undefined ? undefined : profileOf(file, profile),
    environment,
    flags: settings(values),
  };
}

/** `portcullis.yaml` and `staging` → `portcullis.staging.yaml`. @throws Misuse when it is not there */
function profileOf(file: string, name: string): string {
  if (!/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/.test(name))
    throw new Misuse(
      `the profile ${JSON.stringify(name)} is not understood; expected a name such as staging.`,
    );
  const extension = extname(file);
  const profile = `${file.slice(0, -extension.length || undefined)}.${name}${extension}`;
  if (!existsSync(profile))
    throw new Misuse(
      `${profile} does not exist, which would be the profile '${name}' of ${file}.\n` +
        "It holds what is different there; what it does not name stays as the policy says.",
    );
  return profile;
}

function settings(values: Values): FlagValue[] {
  const flags: FlagValue[] = [];
  const add = (path: readonly string[], value: unknown): void => {
    if (value !== undefined) flags.push([path, value]);
  };
  add(["mode"], values["mode"]);
  add(["listen", "port"], number("--port", values["port"], 0, 65_535));
  add(["listen", "tls"], oneOf("--tls", values["tls"], ["local", "off"]));
  add(["listen", "threads"], number("--threads", values["threads"], 1, 256));
  add(["admin", "port"], number("--admin-port", values["admin-port"], 0, 65_535));
  return flags;
}

function number(
  flag: string,
  value: Values[string],
  least: number,
  most: number,
): number | undefined {
  if (value === undefined) return undefined;
  const read = typeof value === "string" && /^\d{1,6}$/.test(value) ? Number(value) : Number.NaN;
  if (!(read >= least && read <= most))
    throw new Misuse(
      `${flag} ${JSON.stringify(value)} is not understood; expected a number from ${least} to ${most}.`,
    );
  return read;
}

function oneOf(flag: string, value: Values[string], known: readonly string[]): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== "string" || !known.includes(value))
    throw new Misuse(
      `${flag} ${JSON.stringify(value)} is not understood; expected ${known.join(" or ")}.`,
    );
  return value;
}
