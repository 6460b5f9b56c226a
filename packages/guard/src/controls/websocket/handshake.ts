import { createHash } from "node:crypto";
import { notYours } from "../../facts/absent.ts";
import type { Arrival } from "../../facts/arrival.ts";
import { refuse } from "../../facts/refusal.ts";
import type { Check } from "../check.ts";
import type { Switching } from "../switching.ts";
import { problems } from "./problems.ts";

const notWebSocket = refuse(problems["upgrade-refused"], {
  detail: "not a WebSocket handshake of version 13",
});
const notDeclared = refuse(problems["upgrade-refused"], {
  detail: "the document names no answer 101 for this operation",
});
/** Its answer has no body that could name an owner. */
const ownerless = notYours("a WebSocket's answer does not name an owner");

/** @param declared whether a handshake may go on at this operation */
export function compileHandshake(declared: boolean): Check<"ownerPending"> {
  return ({ arrival, ownerPending }) => {
    if (arrival.upgrade === undefined) return undefined;
    if (!isHandshake(arrival)) return notWebSocket;
    if (!declared) return notDeclared;
    return ownerPending === 0 ? undefined : ownerless;
  };
}

const keyForm = /^[A-Za-z0-9+/]{22}==$/;
const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** A handshake of RFC 6455 section 4.1. Fields that stand twice are joined, and so are none. */
function isHandshake({ method, rawHeaders }: Arrival): boolean {
  const protocols = protocolsOf(rawHeaders);
  return (
    method === "GET" &&
    valueOf(rawHeaders, "upgrade").toLowerCase() === "websocket" &&
    keyForm.test(valueOf(rawHeaders, "sec-websocket-key")) &&
    valueOf(rawHeaders, "sec-websocket-version") === "13" &&
    protocols.every((name) => token.test(name)) &&
    new Set(protocols).size === protocols.length
  );
}

/** All values of one field, one behind the other. */
function valueOf(fields: readonly string[], name: string): string {
  let value = "";
  for (let index = 0; index < fields.length; index += 2)
    if ((fields[index] as string).toLowerCase() === name) value += fields[index + 1];
  return value;
}

/** The sub-protocols that are asked for, the best first. */
function protocolsOf(fields: readonly string[]): readonly string[] {
  const names: string[] = [];
  for (let index = 0; index < fields.length; index += 2)
    if ((fields[index] as string).toLowerCase() === "sec-websocket-protocol")
      names.push(...(fields[index + 1] as string).split(",").map((name) => name.trim()));
  return names;
}

/**
 * The fields of the handshake as the backend is sent them. Extensions are not asked for: with
 * `permessage-deflate` the gate would have to inflate what it judges, and a small message may
 * inflate to any size.
 */
export const askBackend: Switching["ask"] = (forwardFields) => {
  const protocols = protocolsOf(forwardFields);
  const key = valueOf(forwardFields, "sec-websocket-key");
  for (let index = forwardFields.length - 2; index >= 0; index -= 2)
    if ((forwardFields[index] as string).toLowerCase().startsWith("sec-websocket-"))
      forwardFields.splice(index, 2);
  forwardFields.push("Sec-WebSocket-Version", "13", "Sec-WebSocket-Key", key);
  if (protocols.length > 0) forwardFields.push("Sec-WebSocket-Protocol", protocols.join(", "));
};

/** RFC 6455 section 1.3. */
const magic = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/** RFC 6455 section 4.1, of the server's handshake. */
export const agreeWith: Switching["agree"] = (asked, answered) => {
  const accept = createHash("sha1")
    .update(`${valueOf(asked, "sec-websocket-key")}${magic}`)
    .digest("base64");
  if (valueOf(answered, "upgrade").toLowerCase() !== "websocket")
    return "it does not switch to websocket";
  if (valueOf(answered, "sec-websocket-accept") !== accept)
    return "Sec-WebSocket-Accept is not of the key that was sent";
  if (valueOf(answered, "sec-websocket-extensions") !== "")
    return "it names an extension that was not asked for";
  const protocols = protocolsOf(answered);
  if (protocols.length > 1 || protocols.some((name) => !protocolsOf(asked).includes(name)))
    return "it chooses a sub-protocol that was not asked for";
  const [protocol] = protocols;
  return [
    "Upgrade",
    "websocket",
    "Connection",
    "Upgrade",
    "Sec-WebSocket-Accept",
    accept,
    ...(protocol === undefined ? [] : ["Sec-WebSocket-Protocol", protocol]),
  ];
};
