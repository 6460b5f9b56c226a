import { createTransport } from "nodemailer";
import { deliverLater, Rejected } from "./delivery.ts";
import type { Mail, Mailer } from "./mailer.ts";
import { writeMail } from "./texts/mails.ts";

export interface SmtpServer {
  readonly host: string;
  readonly port?: number;
  readonly security?: "starttls" | "tls" | "none";
  readonly username?: string;
  /** Milliseconds. */
  readonly timeout?: number;
}

export interface SmtpOptions {
  readonly server: SmtpServer;
  readonly password: string | undefined;
  /** Certificates in PEM; undefined where the public authorities are believed. */
  readonly authorities: string | undefined;
  readonly from: string;
  /** The service's name, as the mails say it. */
  readonly title: string;
}

const usualTimeoutMs = 10_000;
/** A mail server gives one sender few connections; mails wait for them in line. */
const mostConnections = 3;
/** What the library reads as one address: of a list, each would be sent the code. */
const oneAddress = /^[^\s@<>()[\],;:"\\]+@[^\s@<>()[\],;:"\\]+$/;

/**
 * Sends mail by a mail server (RFC 5321, RFC 6409), in texts of the gate's own. Where encryption is
 * asked for, nothing is sent without it: codes would be read on the way, or by whoever strips
 * STARTTLS from what the server offers.
 */
export function smtpMailer(options: SmtpOptions, onTrouble: (message: string) => void): Mailer {
  const { authorities, from, password, server, title } = options;
  const { host, security = "starttls", timeout = usualTimeoutMs, username } = server;
  const port = server.port ?? (security === "tls" ? 465 : 587);
  const transport = createTransport({
    pool: true,
    maxConnections: mostConnections,
    host,
    port,
    secure: security === "tls",
    requireTLS: security === "starttls",
    ignoreTLS: security === "none",
    tls: { minVersion: "TLSv1.2", ...(authorities === undefined ? {} : { ca: authorities }) },
    ...(username === undefined ? {} : { auth: { user: username, pass: password ?? "" } }),
    connectionTimeout: timeout,
    dnsTimeout: timeout,
    greetingTimeout: timeout,
    socketTimeout: timeout,
    // A mail holds text of the gate's alone: nothing of it is fetched from anywhere.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const hand = async (mail: Mail): Promise<void> => {
    if (!oneAddress.test(mail.to)) throw new Rejected("its address is not one address");
    const { subject, text } = writeMail(mail, title);
    try {
      await transport.sendMail({
        envelope: { from, to: [mail.to] },
        from: { name: title, address: from },
        to: { name: "", address: mail.to },
        subject,
        text,
        // RFC 3834: nobody who is away answers it.
        headers: { "Auto-Submitted": "auto-generated" },
      });
    } catch (fault) {
      throw asTrouble(fault);
    }
  };
  const deliver = deliverLater(hand, `${host}:${port}`, onTrouble);
  return {
    send: (mail) => deliver(`mail of the kind ${mail.purpose}`, mail),
    close: () => transport.close(),
  };
}

/** What is said of a failure: how far it came and the server's code, and nothing that is personal. */
function asTrouble(fault: unknown): Error {
  const { code, command, responseCode } = fault as {
    readonly code?: unknown;
    readonly command?: unknown;
    readonly responseCode?: unknown;
  };
  const said = [code, command, responseCode].filter(
    (one) => typeof one === "string" || typeof one === "number",
  );
  const message = said.length === 0 ? "it did not take it" : said.join(" ");
  // RFC 5321 section 4.2.1: 5xx is for good.
  const isForGood = typeof responseCode === "number" && responseCode >= 500;
  return isForGood ? new Rejected(message) : new Error(message);
}
