/**
 * Codes of the gate's problem catalogue that the client acts on; every other code is passed to the
 * app as it is.
 */
export const problemCodes = {
  needsNonce: "proof-nonce-needed",
  needsStepUp: ["step-up-needed", "device-untrusted"],
  needsUpgrade: "app-version-unsupported",
  versionEnded: "version-sunset",
  /** A fresh access token may mend these. */
  needsToken: [
    "token-expired",
    "token-outdated",
    "token-revoked",
    "token-key-unknown",
    "token-signature-invalid",
    "token-malformed",
    "token-claims-invalid",
    "token-unbound",
    "credential-missing",
  ],
} as const;

/** A refusal of the API (RFC 9457): `code` is stable and safe to switch on. */
export class PortcullisProblem extends Error {
  readonly status: number;
  readonly code: string | undefined;
  readonly traceId: string | undefined;
  readonly retryAfterSeconds: number | undefined;
  /** Every member of the problem document. */
  readonly document: Readonly<Record<string, unknown>>;
  readonly response: Response;

  constructor(response: Response, document: Readonly<Record<string, unknown>>) {
    super(
      typeof document["title"] === "string"
        ? document["title"]
        : `the server answered ${response.status}`,
    );
    this.name = "PortcullisProblem";
    this.status = response.status;
    this.code = typeof document["code"] === "string" ? document["code"] : undefined;
    this.traceId = typeof document["traceId"] === "string" ? document["traceId"] : undefined;
    this.retryAfterSeconds = retryAfterOf(response);
    this.document = document;
    this.response = response;
  }
}

/** There is no session, or it has ended: the person has to sign in. Nothing else means that. */
export class SignedOut extends Error {
  readonly reason: "never-signed-in" | "signed-out" | "session-ended";

  constructor(reason: SignedOut["reason"]) {
    super(
      reason === "never-signed-in"
        ? "nobody has signed in yet"
        : reason === "signed-out"
          ? "signed out"
          : "the session has ended, sign in again",
    );
    this.name = "SignedOut";
    this.reason = reason;
  }
}

/**
 * The network or the server cannot do it now. The session is kept: trying again later is safe, of a
 * write too, because nothing of it was sent.
 */
export class Unreachable extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.name = "Unreachable";
  }
}

/** A write as it was sent, by which the app can find out what became of it. */
export interface SentRequest {
  readonly method: string;
  readonly url: string;
  readonly body: string | Uint8Array<ArrayBuffer> | undefined;
  /** The key that the app has given. */
  readonly idempotencyKey: string | undefined;
  /** Milliseconds since 1970 by the server's clock, as far as it is known. */
  readonly at: number;
}

/**
 * A write was sent, or may have been, and what became of it cannot be told: the answer was lost on
 * the way to the device, or on the way to the gate. It is not sent again. Ask the API whether it
 * was done before doing it once more.
 */
export class Unknown extends Error {
  readonly outcome = "unknown" as const;
  readonly sent: SentRequest;
  /** What the gate said, where it did not hear the backend's answer either. */
  readonly problem: PortcullisProblem | undefined;
  /** What answered in the backend's place, where it was not the gate. */
  readonly response: Response | undefined;

  constructor(sent: SentRequest, cause: unknown) {
    super(`whether ${sent.method} ${sent.url} was done is not known`, { cause });
    this.name = "Unknown";
    this.sent = sent;
    this.problem = cause instanceof PortcullisProblem ? cause : undefined;
    this.response = this.problem?.response ?? (cause as { readonly response?: Response }).response;
  }
}

/** Sign-in did not come to its end. */
export class SignInFailed extends Error {
  readonly error: string;

  constructor(error: string, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = "SignInFailed";
    this.error = error;
  }
}

/** The answer as a problem; its body is read, and stands in `document`. */
export async function problemOf(response: Response): Promise<PortcullisProblem | undefined> {
  if (
    response.status < 400 ||
    response.headers.get("content-type")?.startsWith("application/problem+json") !== true
  )
    return undefined;
  const document = (await response.json().catch(() => ({}))) as Readonly<
    Record<string, unknown>
  > | null;
  return new PortcullisProblem(response, document ?? {});
}

/** Seconds, or a date (RFC 9110 section 10.2.3). */
export function retryAfterOf(response: Pick<Response, "headers">): number | undefined {
  const value = response.headers.get("retry-after");
  if (value === null) return undefined;
  if (/^\d{1,9}$/.test(value.trim())) return Number(value);
  const at = Date.parse(value);
  const now = Date.parse(response.headers.get("date") ?? "") || Date.now();
  return Number.isNaN(at) ? undefined : Math.max(0, Math.ceil((at - now) / 1000));
}
