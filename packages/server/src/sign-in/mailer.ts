import { appendFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";

export interface Mail {
  readonly to: string;
  readonly purpose: "sign-up" | "reset" | "new-device" | "known-address" | "security-notice";
  readonly locale: string;
  readonly code?: string;
  /** What has happened, for a notice. */
  readonly event?: string;
}

export interface Mailer {
  /** Never waits for the mail to leave: how long that takes would tell whether there is an account. */
  send(mail: Mail): void;
}

const timeoutMs = 10_000;
const tries = 3;
/** After the page has been answered: even handing mail over takes a tenth of a millisecond, and that can be measured from outside. */
const leastWaitMs = 20;
const spreadMs = 100;

/** Mail is sent by the owner's own service, which knows templates, senders and bounces: one POST of JSON for each. */
export function webhookMailer(url: string, token: string | undefined, from: string | undefined, onTrouble: (message: string) => void): Mailer {
  const post = async (mail: Mail): Promise<void> => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        const response = await fetch(url, { method: "POST", redirect: "error", signal: AbortSignal.timeout(timeoutMs), headers: { "Content-Type": "application/json", ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }) }, body: JSON.stringify({ ...mail, ...(from === undefined ? {} : { from }) }) });
        if (response.ok) return;
        throw new Error(`it answered ${response.status}`);
      } catch (fault) {
        if (attempt < tries) await new Promise((resolve) => setTimeout(resolve, 1000 * attempt));
        else {
          onTrouble(`mail of the kind ${mail.purpose} could not be handed to ${new URL(url).host}: ${(fault as Error).message}`);
          return;
        }
      }
    }
  };
  return { send: (mail) => void setTimeout(() => void post(mail), leastWaitMs + Math.random() * spreadMs) };
}

/** For trying things out on one machine: mail is a line in a file that only this user may read. */
export function fileMailer(directory: string): Mailer & { readonly file: string } {
  const file = join(directory, "outbox.jsonl");
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  return { file, send: (mail) => void setImmediate(() => appendFileSync(file, `${JSON.stringify({ at: new Date().toISOString(), ...mail })}\n`, { mode: 0o600 })) };
}
