import { randomUUID } from "node:crypto";
import type { PasskeyKeeping, Passkeys } from "@portcullis/identity/passkeys";
import type { ConsoleAddress } from "./console-address.ts";
import type { NewPasskey } from "./console-people.ts";
import { type AccessStore, ConsoleFault } from "./console-person.ts";
import { ProofTickets } from "./proof-tickets.ts";

/** What a browser hands to its authenticator, and brings back with the authenticator's answer. */
export interface AskedProof {
  readonly ticket: string;
  readonly publicKey: unknown;
}

export interface ShownProof {
  readonly ticket: string;
  /** As `PublicKeyCredential.toJSON()` gives it. */
  readonly credential: unknown;
}

/** Proof of somebody of the console by a passkey (WebAuthn). */
export class PasskeyProofs {
  readonly #store: Pick<AccessStore, "consolePasskeys">;
  readonly #address: ConsoleAddress;
  readonly #tickets: ProofTickets;

  constructor(
    store: Pick<AccessStore, "consolePasskeys">,
    address: ConsoleAddress,
    now: () => number,
  ) {
    this.#store = store;
    this.#address = address;
    this.#tickets = new ProofTickets(now);
  }

  async ask(purpose: string): Promise<AskedProof> {
    const { challenge, options } = await (await this.#passkeys()).askFor();
    return { ticket: this.#tickets.make(purpose, challenge), publicKey: options };
  }

  /** @returns whose passkey it is @throws ConsoleFault */
  async personOf(purpose: string, { credential, ticket }: ShownProof): Promise<string> {
    const challenge = this.#tickets.read(purpose, ticket);
    const passkeys = await this.#passkeys();
    const personId =
      challenge === undefined
        ? undefined
        : await passkeys.use(JSON.stringify(credential ?? null), challenge);
    if (personId === undefined || !this.#tickets.spend(ticket)) throw noProof();
    return personId;
  }

  /** @param person undefined for somebody who is not here yet */
  async askForNew(
    purpose: string,
    name: string,
    person: { readonly id: string } | undefined,
  ): Promise<AskedProof> {
    const account = { id: person?.id ?? randomUUID(), email: name };
    const { challenge, options } = await (await this.#passkeys()).askForNew(account);
    return { ticket: this.#tickets.make(purpose, challenge), publicKey: options };
  }

  /** @throws ConsoleFault */
  async made(purpose: string, { credential, ticket }: ShownProof): Promise<NewPasskey> {
    const challenge = this.#tickets.read(purpose, ticket);
    let made: NewPasskey | undefined;
    const passkeys = await this.#passkeys((passkey) => (made = passkey));
    if (challenge !== undefined)
      await passkeys.add("", JSON.stringify(credential ?? null), challenge, "");
    if (made === undefined || (await this.#store.consolePasskeys.byId(made.id)) !== undefined)
      throw noProof();
    return made;
  }

  /** Loaded when somebody signs in: most programs serve for long before that, or never need it. */
  async #passkeys(onNew: (passkey: NewPasskey) => void = () => undefined): Promise<Passkeys> {
    const { Passkeys: OverFactors } = await import("@portcullis/identity/passkeys");
    const rows = this.#store.consolePasskeys;
    const keeping: PasskeyKeeping = {
      of: async (personId) =>
        (await rows.of(personId)).map(({ id }) => ({ id: `p-${id}`, kind: "passkey" })),
      passkey: async (id) => {
        const found = await rows.byId(id);
        return found === undefined
          ? undefined
          : {
              id,
              accountId: found.personId,
              counter: found.counter,
              publicKey: new Uint8Array(Buffer.from(found.publicKey, "base64")),
            };
      },
      notePasskeyUse: (id, counter) => rows.raiseCounter(id, counter),
      addPasskey: async (_personId, passkey) => {
        onNew(passkey);
        return passkey.id;
      },
    };
    return new OverFactors(keeping, {
      issuer: this.#address.origin,
      title: "Portcullis",
      androidOrigins: [],
    });
  }
}

const noProof = (): ConsoleFault =>
  new ConsoleFault("proof", "This passkey is not known here, or it took longer than five minutes.");
