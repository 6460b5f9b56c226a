import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";

export interface Sent {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: unknown;
}

/** One way to the API, bare or through the gate. */
export type Send = (
  method: string,
  path: string,
  options?: {
    readonly token?: string;
    readonly json?: unknown;
    readonly bytes?: Buffer;
    readonly type?: string;
    readonly headers?: Readonly<Record<string, string>>;
  },
) => Promise<Sent>;

export function sender(
  base: string,
  options: { readonly ca?: string; readonly headers?: Readonly<Record<string, string>> } = {},
): Send {
  return (method, path, { bytes, headers = {}, json, token, type } = {}) => {
    const body = json === undefined ? bytes : Buffer.from(JSON.stringify(json));
    const all: Record<string, string> = { ...options.headers, ...headers };
    if (token !== undefined) all["Authorization"] = `Bearer ${token}`;
    if (body !== undefined) {
      all["Content-Type"] = type ?? "application/json";
      all["Content-Length"] = String(body.length);
    }
    return new Promise((resolve, reject) => {
      const request = base.startsWith("https:") ? httpsRequest : httpRequest;
      request(
        `${base}${path}`,
        { method, headers: all, ...(options.ca === undefined ? {} : { ca: options.ca }) },
        (response) => {
          const parts: Buffer[] = [];
          response
            .on("data", (part: Buffer) => parts.push(part))
            .on("error", reject)
            .on("end", () => {
              const text = Buffer.concat(parts).toString();
              let read: unknown = text;
              if ((response.headers["content-type"] ?? "").includes("json"))
                read = JSON.parse(text);
              resolve({ status: response.statusCode ?? 0, headers: response.headers, body: read });
            });
        },
      )
        .on("error", reject)
        .end(body);
    });
  };
}
