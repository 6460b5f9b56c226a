import type { PasskeyProofs } from "./passkey-proofs.ts";

/** Sessions that are asked at the same time; those behind ask again. */
const mostAsked = 1000;

/** Asks those who are signed in for their passkey again, before what reaches far. */
export class Confirming {
  readonly #proofs: PasskeyProofs;
  /** The last ticket of each session that was asked. */
  readonly #tickets = new Map<string, string>();

  constructor(proofs: PasskeyProofs) {
    this.#proofs = proofs;
  }

  /** @returns what the browser hands to its authenticator */
  async ask(session: string): Promise<unknown> {
    const { publicKey, ticket } = await this.#proofs.ask(purposeOf(session));
    this.#tickets.delete(session);
    this.#tickets.set(session, ticket);
    for (const oldest of this.#tickets.keys()) {
      if (this.#tickets.size <= mostAsked) break;
      this.#tickets.delete(oldest);
    }
    return publicKey;
  }

  /** @returns whose passkey it is @throws ConsoleFault */
  async shownBy(session: string, credential: unknown): Promise<string> {
    const ticket = this.#tickets.get(session) ?? "";
    this.#tickets.delete(session);
    return this.#proofs.personOf(purposeOf(session), { ticket, credential });
  }
}

const purposeOf = (session: string): string => `confirm ${session}`;
