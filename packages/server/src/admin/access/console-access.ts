import type { IncomingHttpHeaders } from "node:http";
import { readCookie } from "@portcullis/identity/cookies";
import type { Administrator } from "../administrator.ts";
import { Refused } from "../route.ts";
import type { ConsoleAddress } from "./console-address.ts";
import { ConsolePeople } from "./console-people.ts";
import { type AccessStore, actorNamed, roleOf } from "./console-person.ts";
import { ConsoleSessions, isActToken, type SignedIn } from "./console-sessions.ts";
import { Confirming } from "./confirming.ts";
import { EntryLinks } from "./entry-links.ts";
import { changes, holdToOwnPage } from "./own-page.ts";
import { PasskeyProofs } from "./passkey-proofs.ts";

export interface AccessOptions {
  readonly address: ConsoleAddress;
  readonly store: AccessStore;
  readonly nowMs: () => number;
  /** What this node is called, for people who look after several. */
  readonly node: string;
  /** Is told of faults of this program, one line each. */
  readonly say: (message: string) => void;
}

interface Asked {
  readonly method: string;
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
}

/** Who gets into the console, and who is in. */
export class ConsoleAccess {
  readonly address: ConsoleAddress;
  readonly node: string;
  readonly nowMs: () => number;
  readonly say: (message: string) => void;
  readonly store: AccessStore;
  readonly people: ConsolePeople;
  readonly sessions: ConsoleSessions;
  readonly links: EntryLinks;
  readonly proofs: PasskeyProofs;
  readonly confirming: Confirming;

  constructor({ address, node, nowMs, say, store }: AccessOptions) {
    this.address = address;
    this.node = node;
    this.nowMs = nowMs;
    this.say = say;
    this.store = store;
    this.people = new ConsolePeople(store, nowMs);
    this.sessions = new ConsoleSessions(store, nowMs);
    this.links = new EntryLinks(store, nowMs);
    this.proofs = new PasskeyProofs(store, address, nowMs);
    this.confirming = new Confirming(this.proofs);
  }

  /** @returns undefined where a browser brings no cookie, or two: one of them is not ours */
  cookieOf({ headers }: Pick<Asked, "headers">): string | undefined {
    return readCookie(headers.cookie, this.address.cookie);
  }

  /**
   * Who is signed in, as the console's own page asks.
   *
   * @returns undefined where nobody is
   * @throws Refused where another page asks, or a change comes without its act token
   */
  async signedIn(asked: Asked): Promise<SignedIn | undefined> {
    const cookie = this.cookieOf(asked);
    if (cookie === undefined) return undefined;
    holdToOwnPage(asked, this.address);
    const found = await this.sessions.find(cookie);
    if (found === undefined) return undefined;
    if (changes(asked) && !isActToken(found, String(asked.headers["portcullis-act"] ?? "")))
      throw new Refused(
        403,
        "The act token is missing",
        "Send the actToken of GET /session as Portcullis-Act.",
        { code: "act-token-missing" },
      );
    if (!runsByItself(asked)) await this.sessions.noteSeen(found.session);
    return found;
  }

  /** As the admin API knows whoever is signed in. @throws Refused as `signedIn` does */
  async administratorOf(asked: Asked): Promise<Administrator | undefined> {
    const found = await this.signedIn(asked);
    if (found === undefined) return undefined;
    const { person, session } = found;
    return {
      actor: actorNamed(person.name),
      role: roleOf(person),
      session: {
        isConfirmed: () => this.sessions.isConfirmed(session),
        stands: () => this.sessions.stands(session.hash),
      },
    };
  }
}

/** What a page fetches without its person keeps nobody signed in. */
const runsByItself = ({ headers, target }: Asked): boolean =>
  headers["portcullis-background"] !== undefined ||
  URL.parse(target, "http://admin.invalid")?.searchParams.get("background") === "1";
