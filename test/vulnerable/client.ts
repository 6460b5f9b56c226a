import { request as requestPlain } from "node:http";
import { request as requestEncrypted } from "node:https";
import { text } from "node:stream/consumers";
import type { Credential, Sent, VulnerableApp } from "./app.ts";

export interface Got {
  readonly status: number;
  readonly json: unknown;
  readonly cookie: string;
}

/** Where an application is reached: bare, or behind a gate whose authority is known. */
export interface Base {
  readonly url: string;
  readonly ca?: string;
}

export type People = Readonly<Record<"ann" | "ben", Credential>>;

/** Sends what a client sends, as the person whom it names or as nobody. */
export function send(base: Base, { as, at, body }: Sent, people?: People): Promise<Got> {
  const [method = "GET", target = "/"] = at.split(" ");
  const credential = as === undefined ? {} : (people?.[as] ?? {});
  const url = new URL(target, base.url);
  for (const [name, value] of Object.entries(credential.query ?? {}))
    url.searchParams.set(name, value);
  const whole =
    method === "GET" || (body ?? credential.body) === undefined
      ? undefined
      : JSON.stringify({ ...credential.body, ...body });
  const headers = {
    ...credential.headers,
    ...(whole === undefined
      ? {}
      : { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(whole) }),
  };
  const start = url.protocol === "https:" ? requestEncrypted : requestPlain;
  return new Promise((resolve, reject) => {
    start(
      url,
      { method, headers, agent: false, ...(base.ca === undefined ? {} : { ca: base.ca }) },
      (response) => {
        const [cookie = ""] = response.headers["set-cookie"] ?? [];
        text(response)
          .then((written) =>
            resolve({
              status: response.statusCode ?? 0,
              json: written === "" ? undefined : (JSON.parse(written) as unknown),
              cookie: cookie.split(";")[0] ?? "",
            }),
          )
          .catch(reject);
      },
    )
      .on("error", reject)
      .end(whole);
  });
}

export const signInBoth = async (app: VulnerableApp, base: Base): Promise<People> => {
  const post = (path: string, body: Readonly<Record<string, unknown>>): Promise<Got> =>
    send(base, { at: `POST ${path}`, body });
  return { ann: await app.signIn(post, "ann"), ben: await app.signIn(post, "ben") };
};
