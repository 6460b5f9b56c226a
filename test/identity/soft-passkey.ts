import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";

const sha256 = (data: string | Buffer): Buffer => createHash("sha256").update(data).digest();
/** As much CBOR (RFC 8949) as a passkey needs. */
function cbor(value: unknown): Buffer {
  const head = (major: number, count: number): Buffer =>
    count < 24
      ? Buffer.of((major << 5) | count)
      : count < 256
        ? Buffer.of((major << 5) | 24, count)
        : Buffer.of((major << 5) | 25, count >> 8, count & 255);
  if (typeof value === "number") return value >= 0 ? head(0, value) : head(1, -1 - value);
  if (Buffer.isBuffer(value)) return Buffer.concat([head(2, value.length), value]);
  if (typeof value === "string")
    return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)]);
  const entries = [...(value as Map<unknown, unknown>)];
  return Buffer.concat([
    head(5, entries.length),
    ...entries.flatMap(([key, one]) => [cbor(key), cbor(one)]),
  ]);
}

export const present = 0x01;
export const verified = 0x04;
export const attested = 0x40;

/** What is said where a test says nothing else. */
export interface UsualProof {
  /** The origin of the page that asks. */
  readonly from: string;
  readonly rpId: string;
  /** The challenge that it answers. */
  readonly to: string;
}

/** A passkey that lives in a test, and does what it is told to. */
export class SoftPasskey {
  readonly id: Buffer = randomBytes(16);
  readonly #usual: UsualProof;
  readonly #key: KeyObject;
  readonly #coordinates: { x: Buffer; y: Buffer };

  constructor(usual: UsualProof) {
    this.#usual = usual;
    const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const { x = "", y = "" } = publicKey.export({ format: "jwk" });
    this.#key = privateKey;
    this.#coordinates = { x: Buffer.from(x, "base64url"), y: Buffer.from(y, "base64url") };
  }

  made({
    counter = 0,
    flags = present | verified | attested,
    from = this.#usual.from,
    rpId = this.#usual.rpId,
    to = this.#usual.to,
    type = "webauthn.create",
  } = {}): string {
    const { x, y } = this.#coordinates;
    const key = cbor(
      new Map<unknown, unknown>([
        [1, 2],
        [3, -7],
        [-1, 1],
        [-2, x],
        [-3, y],
      ]),
    );
    const idLength = Buffer.alloc(2);
    idLength.writeUInt16BE(this.id.length);
    const authData = Buffer.concat([
      authenticatorData(rpId, flags, counter),
      Buffer.alloc(16),
      idLength,
      this.id,
      key,
    ]);
    return this.#credential({
      clientDataJSON: clientData(type, to, from),
      attestationObject: cbor(
        new Map<unknown, unknown>([
          ["fmt", "none"],
          ["attStmt", new Map()],
          ["authData", authData],
        ]),
      ).toString("base64url"),
    });
  }

  used({
    counter = 0,
    flags = present | verified,
    from = this.#usual.from,
    rpId = this.#usual.rpId,
    to = this.#usual.to,
    type = "webauthn.get",
    signer = undefined as SoftPasskey | undefined,
    trailing = "",
  } = {}): string {
    const data = authenticatorData(rpId, flags, counter);
    const clientDataJSON = clientData(type, to, from);
    const signature = sign(
      "sha256",
      Buffer.concat([data, sha256(Buffer.from(clientDataJSON, "base64url"))]),
      (signer ?? this).#key,
    );
    return this.#credential({
      clientDataJSON,
      authenticatorData: Buffer.concat([data, Buffer.from(trailing)]).toString("base64url"),
      signature: signature.toString("base64url"),
    });
  }

  #credential(response: object): string {
    const id = this.id.toString("base64url");
    return JSON.stringify({
      id,
      rawId: id,
      type: "public-key",
      clientExtensionResults: {},
      response,
    });
  }
}

function authenticatorData(rpId: string, flags: number, counter: number): Buffer {
  const count = Buffer.alloc(4);
  count.writeUInt32BE(counter);
  return Buffer.concat([sha256(rpId), Buffer.of(flags), count]);
}
const clientData = (type: string, to: string, from: string): string =>
  Buffer.from(JSON.stringify({ type, challenge: to, origin: from, crossOrigin: false })).toString(
    "base64url",
  );
