import { generateKeyPairSync, randomUUID, sign } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
import { Agent, request } from "node:https";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { StartedGate } from "../../../examples/harbour/gate.ts";

/** An issuer elsewhere, that makes tokens as many as are wanted. */
export async function openIssuer(audience: string) {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const jwk = { ...publicKey.export({ format: "jwk" }), kid: "one", alg: "ES256", use: "sig" };
  const server = createServer((_request, response) =>
    response.end(JSON.stringify({ keys: [jwk] })),
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  return {
    issuer,
    token(): string {
      const now = Math.floor(Date.now() / 1000);
      const claims = {
        iss: issuer,
        aud: audience,
        sub: "ann",
        iat: now,
        exp: now + 300,
        jti: randomUUID(),
      };
      const signed = `${part({ alg: "ES256", kid: "one", typ: "at+jwt" })}.${part(claims)}`;
      const signature = sign("sha256", Buffer.from(signed), {
        key: privateKey,
        dsaEncoding: "ieee-p1363",
      });
      return `${signed}.${signature.toString("base64url")}`;
    },
    close: () => void server.close(),
  };
}

/** What became of requests of each kind. */
export type Ends = Record<string, number>;

export interface Kind {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly body?: Buffer;
  /** Bytes a second, where the caller takes its time. */
  readonly rate?: number;
  readonly pauseMs: number;
}

/** One caller, on a connection that it keeps, until all is over. */
export async function call(
  { ca, port }: StartedGate,
  kind: Kind,
  token: () => string,
  ends: Ends,
  isOver: () => boolean,
): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1, ca });
  const { body, method, path } = kind;
  while (!isOver()) {
    const end = await new Promise<string>((resolve) => {
      request(
        {
          host: "localhost",
          port,
          path,
          method,
          agent,
          headers: {
            Authorization: `Bearer ${token()}`,
            ...(body === undefined
              ? {}
              : { "Content-Type": "application/octet-stream", "Content-Length": body.length }),
          },
        },
        (response) => void read(response, kind.rate).then(resolve),
      )
        .once("error", ({ message }) => resolve(message))
        .end(body);
    });
    const name = `${kind.name}: ${end}`;
    ends[name] = (ends[name] ?? 0) + 1;
    await sleep(kind.pauseMs);
  }
  agent.destroy();
}

async function read(response: IncomingMessage, rate: number | undefined): Promise<string> {
  try {
    for await (const chunk of response)
      if (rate !== undefined) await sleep(((chunk as Buffer).length / rate) * 1000);
    return String(response.statusCode);
  } catch (fault) {
    return (fault as Error).message;
  }
}
