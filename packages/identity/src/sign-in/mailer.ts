import { appendFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { deliverLater } from "./delivery.ts";

export interface Mail {
  readonly to: string;
  readonly purpose:
    | "sign-up"
    | "reset"
    | "new-device"
    | "known-address"
    | "too-many-tries"
    | "new-address"
    | "security-notice";
  readonly locale: string;
  readonly code?: string;
  /** What has happened, for a notice. */
  readonly event?: string;
  /** Of a notice: where its reader says that somebody else has done it. */
  readonly link?: string;
}

export interface Mailer {
  /**
   * Never waits for the mail to leave: how long that takes would tell whether there is an account.
   */
  send(mail: Mail): void;
  /** Lets go of connections that are kept. */
  close?(): void;
}

const timeoutMs = 10_000;

/** A code for a telephone, or word of what has happened to the account. */
export interface TextMessage {
  /** E.164, such as +31612345678. */
  readonly to: string;
  readonly locale: string;
  readonly code?: string;
  /** What has happened, for a notice. */
  readonly event?: string;
  /** Of a notice: where its reader says that somebody else has done it. */
  readonly link?: string;
}

/**
 * Hands text messages to the operator's own service, which chooses the provider and how many are
 * sent a day.
 */
export interface Texter {
  send(message: TextMessage): void;
}

export function webhookTexter(
  url: string,
  token: string | undefined,
  onTrouble: (message: string) => void,
): Texter {
  const deliver = webhook(url, token, onTrouble);
  return { send: (message) => deliver("SMS", message) };
}

/**
 * Hands mail to the operator's own service, one POST of JSON for each; templates, senders and
 * bounces are the service's.
 */
export function webhookMailer(
  url: string,
  token: string | undefined,
  from: string | undefined,
  onTrouble: (message: string) => void,
): Mailer {
  const deliver = webhook(url, token, onTrouble);
  return {
    send: (mail) =>
      deliver(`mail of the kind ${mail.purpose}`, {
        ...mail,
        ...(from === undefined ? {} : { from }),
      }),
  };
}

function webhook(
  url: string,
  token: string | undefined,
  onTrouble: (message: string) => void,
): (what: string, message: object) => void {
  const post = async (message: object): Promise<void> => {
    const response = await fetch(url, {
      method: "POST",
      redirect: "error",
      signal: AbortSignal.timeout(timeoutMs),
      headers: {
        "Content-Type": "application/json",
        ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify(message),
    });
    if (!response.ok) throw new Error(`it answered ${response.status}`);
  };
  return deliverLater(post, new URL(url).host, onTrouble);
}

/** For trying things out on one machine: mail is a line in a file that only this user may read. */
export function fileMailer(directory: string): Mailer & { readonly file: string } {
  const file = join(directory, "outbox.jsonl");
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  return {
    file,
    send: (mail) =>
      void setImmediate(() =>
        appendFileSync(file, `${JSON.stringify({ at: new Date().toISOString(), ...mail })}\n`, {
          mode: 0o600,
        }),
      ),
  };
}
