import {
  createHash,
  generateKeyPairSync,
  randomBytes,
  randomUUID,
  sign,
  verify,
} from "node:crypto";
import { allocateSharedReplay, SharedReplayState } from "@portcullis/guard/state";
import { type Caller, createDpopNonces, thumbprintOf } from "@portcullis/guard/tokens";
import { compileBindingCheck } from "../packages/guard/src/controls/binding/binding.ts";

/**
 * Microseconds of CPU that one call takes: the best of some runs, because others use the machine
 * too.
 */
function microseconds(count: number, work: (index: number) => void): number {
  const runs: number[] = [];
  for (let run = 0; run < 5; run += 1) {
    const before = process.cpuUsage();
    for (let index = 0; index < count; index += 1) work(run * count + index);
    const { system, user } = process.cpuUsage(before);
    runs.push((user + system) / count);
  }
  return Math.min(...runs);
}

/** Microseconds of a bound request at the gate, proof and replay memory, beside one signature. */
export function boundRequest(): { readonly proof: number; readonly signature: number } {
  const count = 4000;
  const now = Math.floor(Date.now() / 1000);
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const jwk = publicKey.export({ format: "jwk" });
  const accessToken = `${randomBytes(40).toString("base64url")}.${randomBytes(400).toString("base64url")}.${randomBytes(64).toString("base64url")}`;
  const ath = createHash("sha256").update(accessToken).digest("base64url");
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const proofs = Array.from({ length: count * 5 }, () => {
    const signed = `${part({ typ: "dpop+jwt", alg: "ES256", jwk })}.${part({ jti: randomUUID(), htm: "GET", htu: "https://api.example/v1/accounts", iat: now, ath })}`;
    return `${signed}.${sign("sha256", Buffer.from(signed), { key: privateKey, dsaEncoding: "ieee-p1363" }).toString("base64url")}`;
  });
  const thumbprint = thumbprintOf(jwk as Readonly<Record<string, unknown>>);
  const caller = { boundKey: thumbprint, boundCertificate: undefined } as unknown as Caller;
  const check = compileBindingCheck({
    binding: "dpop",
    origin: "https://api.example",
    windowSeconds: 300,
    requireNonce: false,
    saysConfidential: false,
    nonces: createDpopNonces(randomBytes(32)),
  });
  const replay = new SharedReplayState(allocateSharedReplay(4_194_304, [1, 2, 3, 4]));
  const proof = microseconds(count, (index) => {
    const { proof: taken } = check(
      {
        method: "GET",
        path: "/v1/accounts",
        accessToken,
        authorization: `DPoP ${accessToken}`,
        proof: proofs[index],
        certificateThumbprint: undefined,
      },
      caller,
      { nowSeconds: now, doubtSeconds: 0 },
    );
    if (taken === undefined) throw new Error("the proof was not taken");
    replay.useOnce(`${taken.keyThumbprint}${index >> 8}`, taken.jti, taken.lifeSeconds);
  });
  const text = Buffer.from((proofs[0] as string).split(".").slice(0, 2).join("."));
  const signature = Buffer.from((proofs[0] as string).split(".")[2] as string, "base64url");
  const bare = microseconds(
    count,
    () => void verify("sha256", text, { key: publicKey, dsaEncoding: "ieee-p1363" }, signature),
  );
  return { proof, signature: bare };
}
