import type { Random } from "./random.ts";

/** A request as it will be written to a socket, byte for byte. */
export interface RawRequest {
  method: string;
  /** Segments as they are sent. */
  path: string[];
  /** Pairs as they are sent. */
  query: string[];
  readonly fields: [name: string, value: string][];
  /** Latin-1: a character for each byte. */
  body: string | undefined;
  chunked: boolean;
  /** What was done to it. */
  readonly families: string[];
}

export function bytesOf({ body, chunked, fields, method, path, query }: RawRequest): Buffer {
  const target = `/${path.join("/")}${query.length === 0 ? "" : `?${query.join("&")}`}`;
  const lines = [`${method} ${target} HTTP/1.1`, "Host: localhost", "Connection: close"];
  for (const [name, value] of fields) lines.push(`${name}: ${value}`);
  if (body !== undefined)
    lines.push(chunked ? "Transfer-Encoding: chunked" : `Content-Length: ${body.length}`);
  const head = `${lines.join("\r\n")}\r\n\r\n`;
  if (body === undefined) return Buffer.from(head, "latin1");
  const sent = chunked ? `${inChunks(body)}0\r\n\r\n` : body;
  return Buffer.from(head + sent, "latin1");
}

function inChunks(body: string): string {
  let text = "";
  for (let at = 0; at < body.length; at += 7) {
    const part = body.slice(at, at + 7);
    text += `${part.length.toString(16)}\r\n${part}\r\n`;
  }
  return text;
}

const ids = ["7", "ann", "u-19", "a.b", "ann@example.com", "Jos%C3%A9", "x%20y", "a+b", "100%25"];
const words = ["tea", "green tea", "50%", "a&b", "x=y", "été", "", "a+b"];

/** A request as a well-behaved app sends it. */
export function ordinary(random: Random): RawRequest {
  return {
    query: [],
    fields: [],
    body: undefined,
    chunked: random.chance(6),
    families: [],
    method: "GET",
    ...random.pick(weighted)(random),
  };
}

type Made = Pick<RawRequest, "path"> & Partial<RawRequest>;

const kinds: readonly ((random: Random) => Made)[] = [
  (random) => ({ path: ["users", random.pick(ids)], ...details(random) }),
  (random) => ({ path: ["users", random.pick(ids)], ...details(random) }),
  (random) => ({ path: ["users", "export"], query: some(random, `q=${textOf(random)}`) }),
  () => ({ path: ["users", "@me"] }),
  (random) => ({
    method: "POST",
    path: ["users", "search"],
    ...jsonBody(`{"q":${JSON.stringify(random.pick(words))},"page":${random.below(50)}}`),
  }),
  (random) => ({ method: "POST", path: ["users"], ...jsonBody(personOf(random)) }),
  (random) => ({ method: "PUT", path: ["users", random.pick(ids)], ...jsonBody(personOf(random)) }),
  (random) => ({ method: "DELETE", path: ["users", random.pick(ids)] }),
  (random) => ({
    method: "POST",
    path: ["users", random.pick(ids)],
    ...formBody(`role=user&note=${textOf(random)}`),
  }),
  (random) => ({
    method: "POST",
    path: ["login"],
    ...formBody(`user=${textOf(random)}&role=user&age=${random.below(90)}&keep=true`),
  }),
  (random) => ({
    method: "POST",
    path: ["uploads"],
    ...multipartBody([
      ['name="title"', textOf(random)],
      ['name="role"', "user"],
      ['name="file"; filename="a.txt"', "some text"],
    ]),
  }),
  (random) => ({ path: ["files", random.pick(ids)] }),
  (random) => ({ path: ["files", "archive", random.pick(ids)] }),
  (random) => ({ path: ["files", random.pick(ids), "raw"] }),
];

/** What can be written in most ways comes more often: the login and the upload. */
const weighted = [...kinds, ...kinds.slice(9, 11), ...kinds.slice(9, 11), ...kinds.slice(9, 11)];

const textOf = (random: Random): string => encodeURIComponent(random.pick(words));
const some = (random: Random, pair: string): string[] => (random.chance(2) ? [pair] : []);

function details(random: Random): Partial<RawRequest> {
  const query = [
    ...some(random, `q=${textOf(random)}`),
    ...some(random, `page=${random.below(90)}`),
    ...some(random, `ratio=${random.below(90) / 4}`),
    ...some(random, "active=true"),
    ...some(random, `tag=${textOf(random)}`),
    ...some(random, `tag=${textOf(random)}`),
  ];
  const fields: [string, string][] = [];
  if (random.chance(2)) fields.push(["X-Tenant", "blue"]);
  if (random.chance(2)) fields.push(["Cookie", "other=1; theme=dark"]);
  return { query, fields };
}

const personOf = (random: Random): string =>
  `{"name":${JSON.stringify(random.pick(words))},"role":"user","age":${random.below(90)},"vip":false,"tags":["a","b"]}`;

const latin = (text: string): string => Buffer.from(text).toString("latin1");
const jsonBody = (text: string): Partial<RawRequest> => ({
  fields: [["Content-Type", "application/json"]],
  body: latin(text),
});
const formBody = (text: string): Partial<RawRequest> => ({
  fields: [["Content-Type", "application/x-www-form-urlencoded"]],
  body: latin(text),
});

export const boundary = "limit";

export function multipartBody(
  parts: readonly (readonly [disposition: string, value: string])[],
): Partial<RawRequest> {
  const text = parts
    .map(
      ([disposition, value]) =>
        `--${boundary}\r\nContent-Disposition: form-data; ${disposition}\r\n\r\n${value}\r\n`,
    )
    .join("");
  return {
    fields: [["Content-Type", `multipart/form-data; boundary=${boundary}`]],
    body: latin(`${text}--${boundary}--\r\n`),
  };
}
