import type { Http2Session, IncomingHttpHeaders, ServerHttp2Stream } from "node:http2";
import { Readable } from "node:stream";
import type { TLSSocket } from "node:tls";
import type { Arrival, ClientCertificate } from "../facts/arrival.ts";
import type { Gate } from "../gate.ts";
import { breakOff } from "../journey/answer.ts";
import { certificateOf } from "./client-certificate.ts";
import { StreamAnswer } from "./stream-answer.ts";
import { StreamBody } from "./stream-body.ts";

/** What is the same for all streams of a session. */
interface SessionPeer {
  readonly address: string;
  readonly encrypted: boolean;
}

const peers = new WeakMap<Http2Session, SessionPeer>();
const nobody: SessionPeer = Object.freeze({ address: "", encrypted: true });

/** The session's socket is a proxy whose every property is looked for: it is asked once. */
function peerOf(session: Http2Session | undefined): SessionPeer {
  if (session === undefined) return nobody;
  const known = peers.get(session);
  if (known !== undefined) return known;
  const { encrypted, remoteAddress } = session.socket as TLSSocket;
  const peer = { address: remoteAddress ?? "", encrypted: encrypted === true };
  peers.set(session, peer);
  return peer;
}

/** A request over HTTP/2, as node:http2 gives it: the head as one list, and the stream. */
export class StreamArrival implements Arrival {
  readonly stream: ServerHttp2Stream;
  /** As node:http2 has put them together; for whoever needs one field before the request is judged. */
  readonly headers: IncomingHttpHeaders;
  readonly method: string;
  readonly target: string;
  readonly rawHeaders: readonly string[];
  readonly httpVersion = "2.0";
  readonly peerAddress: string;
  readonly encrypted: boolean;
  readonly endsWithHead: boolean;
  readonly allowBody: (() => void) | undefined;
  #body: Readable | undefined;

  constructor(
    stream: ServerHttp2Stream,
    headers: IncomingHttpHeaders,
    rawHeaders: readonly string[],
  ) {
    this.stream = stream;
    this.headers = headers;
    this.method = headers[":method"] ?? "";
    this.target = headers[":path"] ?? "";
    this.rawHeaders = fieldsOf(rawHeaders, headers[":authority"]);
    const { address, encrypted } = peerOf(stream.session);
    this.peerAddress = address;
    this.encrypted = encrypted;
    this.endsWithHead = stream.endAfterHeaders;
    this.allowBody = headers.expect === undefined ? undefined : allowOnce(stream);
  }

  get body(): Readable {
    return (this.#body ??= this.endsWithHead ? Readable.from([]) : new StreamBody(this.stream));
  }

  get clientCertificate(): () => ClientCertificate | undefined {
    const { session } = this.stream;
    return () =>
      session === undefined || session.destroyed
        ? undefined
        : certificateOf(session, session.socket as TLSSocket);
  }
}

/** A gate behind the streams of node:http2, without its compatibility layer. */
export function nodeHttp2Door(
  gate: Pick<Gate, "handle">,
): (arrival: StreamArrival, answer: StreamAnswer) => void {
  return (arrival, answer) => {
    const refused = refusedByDoor(arrival);
    if (refused !== undefined) {
      answer.writeWhole(refused, [], undefined);
      return;
    }
    try {
      gate.handle(arrival, answer);
    } catch {
      breakOff(answer);
    }
  };
}

/** A tunnel through the gate, and an expectation that nobody knows (RFC 9110 section 10.1.1). */
function refusedByDoor({ headers, method }: StreamArrival): 405 | 417 | undefined {
  if (method === "CONNECT") return 405;
  const { expect } = headers;
  return expect === undefined || expect === "100-continue" ? undefined : 417;
}

function allowOnce(stream: ServerHttp2Stream): () => void {
  let isAllowed = false;
  return () => {
    if (isAllowed || stream.destroyed || stream.headersSent) return;
    isAllowed = true;
    stream.additionalHeaders({ ":status": 100 });
  };
}

/**
 * HTTP/2 says the host in `:authority` (RFC 9113 section 8.3.1); where both stand they must be one,
 * so only it is read.
 */
function fieldsOf(rawHeaders: readonly string[], authority: string | undefined): readonly string[] {
  const isNamed = authority !== undefined && authority !== "";
  const fields: string[] = isNamed ? ["Host", authority] : [];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] as string;
    const value = rawHeaders[index + 1] as string;
    if (name.charCodeAt(0) === 0x3a || (isNamed && name === "host" && value === authority))
      continue;
    fields.push(name, value);
  }
  return fields;
}
