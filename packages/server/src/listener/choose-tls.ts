import { resolve } from "node:path";
import type { Policy } from "../policy/program-policy.ts";
import { readKeyPair } from "../files/key-pair.ts";
import type { ServerCertificate } from "./listener.ts";
import { openLocalAuthority } from "./local-authority.ts";

export interface ChosenTls {
  readonly certificate: ServerCertificate;
  readonly minVersion: "TLSv1.2" | "TLSv1.3";
  /** Reads the files again, where there are files. */
  readonly files:
    | { readonly paths: readonly string[]; readonly read: () => ServerCertificate }
    | undefined;
  readonly authorityFile: string | undefined;
}

/**
 * The certificate that the policy names, or one of this machine's own; undefined where the policy
 * turns TLS off.
 *
 * @throws Error in words for a person
 */
export async function chooseTls(
  listen: Policy["listen"],
  folder: string,
  directory: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<ChosenTls | undefined> {
  const tls = listen?.tls ?? "local";
  if (tls === "off") return undefined;
  const minVersion = (typeof tls === "object" ? tls.minVersion : undefined) ?? "TLSv1.3";
  if (typeof tls === "object" && (tls.cert !== undefined || tls.key !== undefined)) {
    if (tls.cert === undefined || tls.key === undefined)
      throw new Error(
        "listen.tls names a certificate without its key, or a key without its certificate. Name both.",
      );
    const [cert, key] = [resolve(folder, tls.cert), resolve(folder, tls.key)];
    const read = (): ServerCertificate => readKeyPair(cert, key);
    return {
      certificate: read(),
      minVersion,
      files: { paths: [cert, key], read },
      authorityFile: undefined,
    };
  }
  const local = await openLocalAuthority(directory, ["localhost", "127.0.0.1", "::1"], environment);
  return { certificate: local, minVersion, files: undefined, authorityFile: local.authorityFile };
}

type Hsts = NonNullable<Policy["listen"]>["hsts"];

const yearSeconds = 31_536_000;

/**
 * RFC 6797. Not for a certificate that only this machine trusts: it would lock a developer's other
 * ports out of http. Where TLS ends before the gate, it is said on what a trusted proxy got
 * encrypted.
 */
export function hstsOf(listen: Policy["listen"], tls: ChosenTls | undefined): string | undefined {
  const ended = typeof listen?.tls === "object" ? listen.tls.hsts : undefined;
  const setting = ended ?? listen?.hsts;
  const isOwnCertificate = tls !== undefined && tls.files === undefined;
  return setting === undefined && isOwnCertificate ? undefined : written(setting);
}

function written(setting: Hsts): string | undefined {
  if (setting === "off") return undefined;
  if (setting === undefined) return `max-age=${yearSeconds}`;
  return [
    `max-age=${Math.round(setting.maxAge / 1000)}`,
    ...(setting.includeSubDomains === true ? ["includeSubDomains"] : []),
    ...(setting.preload === true ? ["preload"] : []),
  ].join("; ");
}
