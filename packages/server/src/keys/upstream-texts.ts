import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { planUpstreamTls } from "@portcullis/guard/policy";
import { tlsTextsName, type UpstreamTlsTexts } from "../upstream/tls-settings.ts";
import type { Policy } from "../policy/program-policy.ts";
import { readKeyPair } from "../files/key-pair.ts";

type TlsSetting = Parameters<typeof planUpstreamTls>[0];

/**
 * What stands in the files of each `upstream.tls`, and of `state.tls`, by the setting: for the gate threads, which read
 * no files.
 *
 * @throws Error that says which file is at fault and why; a key's path is never shown
 */
export function readUpstreamTexts(
  { apis, state }: Pick<Policy, "apis"> & { readonly state?: Policy["state"] | undefined },
  folder: string,
  nowMs: number = Date.now(),
): Readonly<Record<string, UpstreamTlsTexts>> {
  const texts: Record<string, UpstreamTlsTexts> = {};
  for (const [index, { upstream }] of apis.entries()) {
    if (typeof upstream === "string" || upstream.tls === undefined) continue;
    const where = `apis[${index}].upstream.tls`;
    texts[tlsTextsName(planUpstreamTls(upstream.tls))] = textsOf(
      upstream.tls,
      where,
      folder,
      nowMs,
    );
  }
  const tls = typeof state === "object" ? state.tls : undefined;
  if (tls !== undefined)
    texts[tlsTextsName(planUpstreamTls(tls))] = textsOf(tls, "state.tls", folder, nowMs);
  return texts;
}

function textsOf(
  { authorities = [], cert, key }: TlsSetting,
  where: string,
  folder: string,
  nowMs: number,
): UpstreamTlsTexts {
  const pair =
    cert === undefined || key === undefined
      ? { cert: undefined, key: undefined }
      : readKeyPair(
          resolve(folder, cert),
          resolve(folder, key),
          `the file that ${where}.key names`,
          nowMs,
        );
  return {
    authorities: authorities.flatMap((file) =>
      readAuthorities(resolve(folder, file), `${where}.authorities`, nowMs),
    ),
    ...pair,
  };
}

const certificates = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** Of a bundle, what has ended is left out; where all has, nothing could ever be believed. */
function readAuthorities(file: string, where: string, nowMs: number): readonly string[] {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (fault) {
    const { code = "unknown" } = fault as NodeJS.ErrnoException;
    throw new Error(`${where}: ${file} cannot be read (${code}).`, { cause: fault });
  }
  const found = text.match(certificates) ?? [];
  if (found.length === 0) throw new Error(`${where}: ${file} holds no certificate in PEM form.`);
  const read = found.map((pem) => ({ pem, endsAt: endOf(pem, where, file) }));
  const valid = read.filter(({ endsAt }) => endsAt > nowMs);
  if (valid.length === 0) throw new Error(`${where}: every certificate of ${file} has ended.`);
  return valid.map(({ pem }) => pem);
}

function endOf(pem: string, where: string, file: string): number {
  try {
    return new X509Certificate(pem).validToDate.getTime();
  } catch (fault) {
    throw new Error(`${where}: ${file} holds a certificate that cannot be read.`, {
      cause: fault,
    });
  }
}
