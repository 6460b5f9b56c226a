import type { Operation } from "../../document/api-document.ts";
import { notYours, objectProblems } from "../../facts/absent.ts";
import type { Arrival } from "../../facts/arrival.ts";
import { refuse } from "../../facts/refusal.ts";
import { type Check, step } from "../check.ts";
import { defineControl } from "../control.ts";
import { problems } from "./problems.ts";

export const websocket = defineControl({
  name: "websocket",
  sentence: "Whether a handshake for another protocol is a WebSocket's, where one is declared.",
  keys: {},
  problems: [problems, objectProblems],
  request: {
    handshake: step({
      title: "handshake",
      mode: undefined,
      needs: ["ownerPending"],
      gives: [],
    }),
  },
  compile: (_own, { api, operation }) => ({
    request: { handshake: compileHandshake(api?.upgrades === true ? operation : undefined) },
  }),
});

const notWebSocket = refuse(problems["upgrade-refused"], {
  detail: "not a WebSocket handshake of version 13",
});
const notDeclared = refuse(problems["upgrade-refused"], {
  detail: "the document names no answer 101 for this operation",
});
/** Its answer has no body that could name an owner. */
const ownerless = notYours("a WebSocket's answer does not name an owner");

/** @param operation undefined where no handshake may go on */
function compileHandshake(operation: Operation | undefined): Check<"ownerPending"> {
  const declared = operation?.responses.some(({ status }) => status === "101") === true;
  return ({ arrival, ownerPending }) => {
    if (arrival.upgrade === undefined) return undefined;
    if (!isHandshake(arrival)) return notWebSocket;
    if (!declared) return notDeclared;
    return ownerPending === 0 ? undefined : ownerless;
  };
}

const keyForm = /^[A-Za-z0-9+/]{22}==$/;

/** A handshake of RFC 6455 section 4.1. Fields that stand twice are joined, and so are none. */
function isHandshake({ method, rawHeaders }: Arrival): boolean {
  let protocol = "";
  let key = "";
  let version = "";
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] as string).toLowerCase();
    const value = rawHeaders[index + 1] as string;
    if (name === "upgrade") protocol += value.toLowerCase();
    else if (name === "sec-websocket-key") key += value;
    else if (name === "sec-websocket-version") version += value;
  }
  return method === "GET" && protocol === "websocket" && keyForm.test(key) && version === "13";
}
