import { IncomingMessage } from "node:http";

/** What node:http itself, and the listener, ask the fields of a request for. */
const asked: ReadonlySet<string> = new Set([
  "host",
  "expect",
  "te",
  "content-length",
  "transfer-encoding",
  "x-forwarded-for",
]);
/** Of several, the first is read, as node:http does; of the others, all, joined. */
const readOnce: ReadonlySet<string> = new Set(["host", "content-length"]);
const lengths: ReadonlySet<number> = new Set([...asked].map(({ length }) => length));

type Few = Record<string, string>;

/** @param rawHeaders flat: name, value, as they were sent */
function readFew(rawHeaders: readonly string[]): Few {
  const few: Few = {};
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const sent = rawHeaders[index] as string;
    // Most fields are told apart by the length of their names, without another spelling of them.
    if (!lengths.has(sent.length)) continue;
    const name = sent.toLowerCase();
    if (!asked.has(name)) continue;
    const before = few[name];
    const value = rawHeaders[index + 1] as string;
    if (before === undefined) few[name] = value;
    else if (!readOnce.has(name)) few[name] = `${before}, ${value}`;
  }
  return few;
}

class FewFields extends IncomingMessage {
  #few: Few | undefined;

  get few(): Few {
    return (this.#few ??= readFew(this.rawHeaders));
  }
}

// Its class declares `headers` as a property, which a getter could not override.
Object.defineProperty(FewFields.prototype, "headers", {
  get(this: FewFields): Few {
    return this.few;
  },
});

/**
 * A request of node:http, of which few fields are put together by name: the gate reads them as they
 * were sent, and node:http would spell, look up and join every one of them before.
 */
export const FewFieldsRequest: typeof IncomingMessage = FewFields;
