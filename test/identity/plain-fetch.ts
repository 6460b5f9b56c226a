import { type IncomingMessage, request as httpRequest } from "node:http";

/** The issuer believes it is behind TLS; the test speaks to it in the clear. */
export function plainFetch(port: number, url: URL, init: RequestInit = {}): Promise<Response> {
  const headers = Object.fromEntries(new Headers(init.headers).entries());
  const body =
    init.body === undefined || init.body === null
      ? undefined
      : String(init.body as string | URLSearchParams);
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      {
        host: "127.0.0.1",
        port,
        path: `${url.pathname}${url.search}`,
        method: init.method ?? "GET",
        headers: { ...headers, host: url.host },
      },
      (response: IncomingMessage) => {
        const parts: Buffer[] = [];
        response
          .on("data", (part: Buffer) => parts.push(part))
          .on("end", () => {
            const answer = new Headers();
            for (let index = 0; index < response.rawHeaders.length; index += 2)
              answer.append(
                response.rawHeaders[index] as string,
                response.rawHeaders[index + 1] as string,
              );
            const status = response.statusCode ?? 0;
            const whole = new Response([204, 304].includes(status) ? null : Buffer.concat(parts), {
              status,
              headers: answer,
            });
            Object.defineProperty(whole, "url", { value: url.href });
            resolve(whole);
          });
      },
    );
    request.once("error", reject);
    request.end(body);
  });
}
