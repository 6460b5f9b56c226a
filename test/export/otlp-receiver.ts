import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";

/** A field of a message: its name, and what it is. `*`: there may be several. */
type Field = readonly [name: string, kind: string | Messages];
interface Messages {
  readonly [number: number]: Field;
}

// The messages of OTLP, by the numbers of opentelemetry-proto 1.x.
const any: Messages = {
  1: ["string", "text"],
  2: ["bool", "varint"],
  3: ["int", "varint"],
  4: ["double", "double"],
};
const values: Messages = { ...any, 5: ["array", { 1: ["values*", any] }] };
const pair: Messages = { 1: ["key", "text"], 2: ["value", values] };
const resource: Messages = { 1: ["attributes*", pair] };
const scope: Messages = { 1: ["name", "text"] };
const logRecord: Messages = {
  1: ["time", "fixed64"],
  2: ["severityNumber", "varint"],
  3: ["severityText", "text"],
  5: ["body", values],
  6: ["attributes*", pair],
  9: ["traceId", "hex"],
  10: ["spanId", "hex"],
  12: ["eventName", "text"],
};
const span: Messages = {
  1: ["traceId", "hex"],
  2: ["spanId", "hex"],
  5: ["name", "text"],
  6: ["kind", "varint"],
  7: ["start", "fixed64"],
  8: ["end", "fixed64"],
  9: ["attributes*", pair],
  15: ["status", { 3: ["code", "varint"] }],
};
const numberPoint: Messages = {
  2: ["start", "fixed64"],
  3: ["time", "fixed64"],
  4: ["value", "double"],
  7: ["attributes*", pair],
};
const histogramPoint: Messages = {
  2: ["start", "fixed64"],
  3: ["time", "fixed64"],
  4: ["count", "fixed64"],
  5: ["sum", "double"],
  6: ["buckets", "packed fixed64"],
  7: ["bounds", "packed double"],
  9: ["attributes*", pair],
};
const metric: Messages = {
  1: ["name", "text"],
  2: ["description", "text"],
  3: ["unit", "text"],
  5: ["gauge", { 1: ["points*", numberPoint] }],
  7: [
    "sum",
    { 1: ["points*", numberPoint], 2: ["temporality", "varint"], 3: ["isMonotonic", "varint"] },
  ],
  9: ["histogram", { 1: ["points*", histogramPoint], 2: ["temporality", "varint"] }],
};
const request = (item: Messages): Messages => ({
  1: [
    "resources*",
    { 1: ["resource", resource], 2: ["scopes*", { 1: ["scope", scope], 2: ["items*", item] }] },
  ],
});
const requests: Readonly<Record<string, Messages>> = {
  "/v1/logs": request(logRecord),
  "/v1/traces": request(span),
  "/v1/metrics": request(metric),
};

// Tests look into what a collector would see, whatever it is.
// oxlint-disable-next-line typescript/no-explicit-any
export type Decoded = Record<string, any>;

/** Reads a message of Protocol Buffers by its table, and no field that the table does not have. */
export function decode(bytes: Buffer, messages: Messages): Decoded {
  const found: Decoded = {};
  let at = 0;
  const varint = (): number => {
    let [value, factor] = [0, 1];
    for (; ; factor *= 128) {
      const byte = bytes[at++] as number;
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
  };
  while (at < bytes.length) {
    const tag = varint();
    const [number, wire] = [Math.floor(tag / 8), tag & 7];
    const length = wire === 0 ? 0 : wire === 1 ? 8 : wire === 5 ? 4 : varint();
    const whole = wire === 0 ? varint() : 0;
    const piece = bytes.subarray(at, (at += length));
    const [name = "", kind = ""] = messages[number] ?? [];
    if (name === "") continue;
    const value = valueOf(kind, piece, whole);
    if (name.endsWith("*")) (found[name.slice(0, -1)] ??= []).push(value);
    else found[name] = value;
  }
  return found;
}

function valueOf(kind: Field[1], piece: Buffer, whole: number): unknown {
  if (typeof kind !== "string") return decode(piece, kind);
  if (kind === "varint") return whole;
  if (kind === "text") return piece.toString("utf8");
  if (kind === "hex") return piece.toString("hex");
  const read = kind.endsWith("double")
    ? (at: number) => piece.readDoubleLE(at)
    : (at: number) => Number(piece.readBigUInt64LE(at));
  if (!kind.startsWith("packed")) return read(0);
  return Array.from({ length: piece.length / 8 }, (_, index) => read(index * 8));
}

/** Attributes as an object. */
export const attributesOf = ({ attributes = [] }: Decoded): Record<string, unknown> =>
  Object.fromEntries(
    (attributes as Decoded[]).map(({ key, value }) => {
      const { array, ...one } = value as Decoded;
      return [
        key,
        array === undefined
          ? Object.values(one)[0]
          : (array["values"] as Decoded[]).map((each) => Object.values(each)[0]),
      ];
    }),
  );

export interface Received {
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly items: readonly Decoded[];
  readonly resource: Record<string, unknown>;
}

/** A collector that takes OTLP over HTTP. @param answer how it answers; 200 without it */
export async function receiveOtlp(answer?: (response: ServerResponse, count: number) => void) {
  const received: Received[] = [];
  let onReceived: () => void = () => undefined;
  const server = createServer((asked, response) => {
    const parts: Buffer[] = [];
    asked.on("data", (part: Buffer) => parts.push(part));
    asked.on("end", () => {
      const sent = Buffer.concat(parts);
      const body = asked.headers["content-encoding"] === "gzip" ? gunzipSync(sent) : sent;
      const { resources = [] } = decode(body, requests[asked.url ?? ""] ?? {});
      for (const { resource: of, scopes } of resources as Decoded[])
        received.push({
          path: asked.url ?? "",
          headers: asked.headers,
          resource: attributesOf(of as Decoded),
          items: (scopes as Decoded[]).flatMap(({ items = [] }) => items as Decoded[]),
        });
      if (answer === undefined) response.writeHead(200).end();
      else answer(response, received.length);
      onReceived();
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    received,
    of: (path: string): readonly Decoded[] =>
      received.filter((one) => one.path === path).flatMap(({ items }) => items),
    /** Resolves once it holds of what was received. */
    async until(holds: () => boolean): Promise<void> {
      while (!holds()) await new Promise<void>((resolve) => (onReceived = resolve));
    },
    close(): void {
      server.close();
      server.closeAllConnections();
    },
  };
}
