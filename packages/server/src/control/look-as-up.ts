import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Fault } from "@portcullis/guard/documents";
import type { FaultRest, PolicyPath } from "@portcullis/guard/policy";
import { readSecret, type SecretSource } from "../keys/read-secret.ts";
import { sealingSecrets } from "../keys/sealing-secrets.ts";
import { readSourceTexts } from "../keys/source-texts.ts";
import { readUpstreamTexts } from "../keys/upstream-texts.ts";
import { chooseTls } from "../listener/choose-tls.ts";
import { isHeldByGate } from "../listener/port-claim.ts";
import { type Policy, programFormat } from "../policy/program-policy.ts";
import { adminCertificate } from "./admin-port.ts";
import { claimPorts } from "./ports.ts";

export interface LookedAt {
  readonly policy: Policy;
  /** Where relative paths of the policy begin. */
  readonly folder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly faultAt: (path: PolicyPath, message: string, rest?: FaultRest) => Fault;
}

type Look = readonly [path: PolicyPath, look: () => unknown];

/**
 * What would keep this policy from serving on this machine, although it is understood: certificates,
 * ports and secrets, looked at as a start would. Warnings, because the machine that checks a policy
 * may not be the one that serves it. Nothing is made or kept.
 */
export async function lookAsUp(at: LookedAt): Promise<readonly Fault[]> {
  const { environment, faultAt, folder, policy } = at;
  const faults: Fault[] = [];
  const isProduction = environment["PORTCULLIS_ENV"] === "production";
  const { apis, identity = {}, listen, sealingKeys } = policy;
  const own = typeof listen?.tls === "object" && listen.tls.cert !== undefined;
  const authorities = identity.mail?.smtp?.authorities;
  const looks: readonly Look[] = [
    // Without files, a start makes what it needs, but in production.
    ...(own || isProduction
      ? [[["listen", "tls"], () => chooseTls(listen, folder, "", environment)] as const]
      : []),
    [["admin", "tls"], () => adminCertificate(policy, folder)],
    ...apis.map(
      (api, index): Look => [
        ["apis", String(index), "upstream", "tls"],
        () =>
          readUpstreamTexts({ apis: apis.map((one) => (one === api ? one : plain(one))) }, folder),
      ],
    ),
    [["state", "tls"], () => readUpstreamTexts({ apis: [], state: policy.state }, folder)],
    ...Object.entries(identity.sources ?? {}).map(
      ([name, source]): Look => [
        ["identity", "sources", name],
        () => readSourceTexts({ identity: { sources: { [name]: source } } }, folder, environment),
      ],
    ),
    ...(authorities === undefined
      ? []
      : [
          [
            ["identity", "mail", "smtp", "authorities"],
            () => readFileSync(resolve(folder, authorities)),
          ] as const,
        ]),
    ...(sealingKeys !== undefined || isProduction
      ? [[["sealedIds"], () => sealingSecrets(policy, folder, "", environment)] as const]
      : []),
    ...secretsOf(policy)
      .filter(([path]) => !path.join(".").startsWith("identity.sources."))
      .map(
        ([path, secret]): Look => [
          path,
          () => readSecret(secret, path.join("."), folder, environment),
        ],
      ),
    [["listen", "port"], async () => (await claimPorts(policy, listen?.tls !== "off")).release()],
  ];
  for (const [path, look] of looks) {
    try {
      await look();
    } catch (fault) {
      // The gate that serves here may be this policy's own.
      if (isHeldByGate(fault)) continue;
      const [message = "", mend] = (fault as Error).message.split("\n");
      faults.push(
        faultAt(path, `a start would fail: ${message}`, {
          severity: "warning",
          ...(mend === undefined ? {} : { mend }),
        }),
      );
    }
  }
  return faults;
}

const plain = (api: Policy["apis"][number]): Policy["apis"][number] => ({
  ...api,
  upstream: "http://127.0.0.1:9",
});

type Schema = Readonly<Record<string, unknown>>;

/** Every place of the policy at which a secret is named, by the format's own schema. */
function secretsOf(policy: Policy): readonly (readonly [PolicyPath, SecretSource])[] {
  const found = new Map<string, readonly [PolicyPath, SecretSource]>();
  const walk = (schema: Schema, value: unknown, path: PolicyPath): void => {
    if (typeof value !== "object" || value === null) return;
    for (const one of (schema["anyOf"] ?? []) as readonly Schema[]) walk(one, value, path);
    const { additionalProperties, items, properties = {} } = schema;
    if (Object.keys(properties as object).join() === "env,file")
      found.set(path.join("."), [path, value]);
    for (const [key, inner] of Object.entries(value)) {
      const shape =
        (properties as Record<string, Schema>)[key] ?? items ?? additionalProperties ?? undefined;
      if (typeof shape === "object") walk(shape as Schema, inner, [...path, key]);
    }
  };
  walk(programFormat.jsonSchema, policy, []);
  return [...found.values()];
}
