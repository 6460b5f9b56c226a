import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import {
  compileDpopProofCheck,
  createDpopNonces,
  type DpopProof,
  isRefusal,
  networkOf,
} from "@portcullis/guard/tokens";
import { audit } from "../people/audit.ts";
import type { RegisteredClient } from "../clients/client-registry.ts";
import type { CodeFacts } from "../protocol/issue-code.ts";
import { issuerPaths } from "../names/issuer-document.ts";
import { deviceIdOf } from "../names/record-names.ts";
import { type AuthSession, openSession, sealSession } from "./auth-session.ts";
import { addressOf } from "./html/page-answers.ts";
import { readForm } from "./html/read-form.ts";
import type { Pending, SignInParts } from "./sign-in-parts.ts";
import { throwIfStoreLost } from "../store/store-lost.ts";
import { takeStep } from "./steps/take-step.ts";
import { speak } from "./texts/speak.ts";

/** What the endpoint needs of the issuer. */
export interface ChallengeIssuer {
  client(id: string): RegisteredClient | undefined;
  useProofOnce(clientId: string, proof: Pick<DpopProof, "jti" | "lifeSeconds">): Promise<boolean>;
  issueCode(facts: CodeFacts): Promise<string>;
}

const sessionLifeMs = 10 * 60_000;
const proofWindowSeconds = 60;

interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
}
const problem = (
  status: number,
  error: string,
  description: string,
  more: Readonly<Record<string, unknown>> = {},
  headers: Readonly<Record<string, string>> = {},
): Answer => ({ status, headers, body: { error, error_description: description, ...more } });

/**
 * Sign-in in the app's own screens (OAuth 2.0 for First-Party Applications, draft 04): each POST
 * brings one proof of who the person is, and is answered with a code or with what is asked next.
 * The steps are those of the pages, with the same limits and the same silence about who has an
 * account; whatever needs more than a password and a code is sent to the browser.
 */
export function createNativeSignIn(
  parts: SignInParts,
  issuer: () => ChallengeIssuer,
  requireNonce: boolean,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const nonces = createDpopNonces(parts.sealing.derive("dpop-nonce", 32));
  const checkProof = compileDpopProofCheck({
    nonces,
    origin: parts.settings.issuer,
    requireNonce,
    windowSeconds: proofWindowSeconds,
  });

  /** The key that the caller has proved to hold, once for each proof; or why not. */
  const provenKey = async (
    dpop: string | string[] | undefined,
    clientId: string,
    nowMs: number,
  ): Promise<{ readonly keyThumbprint: string } | Answer> => {
    if (typeof dpop !== "string")
      return problem(400, "invalid_dpop_proof", "the request needs one DPoP proof");
    const proof = checkProof(
      dpop,
      {
        method: "POST",
        path: issuerPaths.challenge,
        accessToken: undefined,
        keyThumbprint: undefined,
      },
      nowMs / 1000,
    );
    if (isRefusal(proof)) {
      const {
        detail = "",
        problem: { code },
      } = proof;
      const nonce = { "DPoP-Nonce": nonces.current(nowMs / 1000) };
      return code === "proof-nonce-needed"
        ? problem(400, "use_dpop_nonce", detail, {}, nonce)
        : problem(400, "invalid_dpop_proof", detail);
    }
    const isFirst = await issuer()
      .useProofOnce(clientId, proof)
      .catch(() => false);
    return isFirst ? proof : problem(400, "invalid_dpop_proof", "the proof was used before");
  };

  const answer = async (request: IncomingMessage): Promise<Answer> => {
    const { field } = await readForm(request);
    const client = issuer().client(field("client_id"));
    if (client === undefined) return problem(401, "invalid_client", "there is no such client");
    if (client.nativeSignIn !== true)
      return problem(400, "unauthorized_client", "this client signs people in by the browser");
    const now = parts.now();
    const proven = await provenKey(request.headers["dpop"], client.id, now);
    if ("status" in proven) return proven;
    const session =
      field("auth_session") === ""
        ? beginSession(client, proven.keyThumbprint, field, now)
        : openSession(field("auth_session"), client.id, proven.keyThumbprint, now, parts.sealing);
    if (session === undefined)
      return problem(
        400,
        "invalid_session",
        "the session is over, or was begun by another app or key",
      );
    return "status" in session ? session : await proceed(session, field, request);
  };

  const proceed = async (
    session: AuthSession,
    field: (name: string) => string,
    request: IncomingMessage,
  ): Promise<Answer> => {
    const asked = nextOf(session.pending);
    const text = asked === "password" ? field("password") : field("otp");
    if (text === "" || asked === undefined) return insufficient(session);
    const say = speak(
      field("ui_locales"),
      request.headers["accept-language"],
      parts.settings.locales,
    );
    const outcome = await takeStep(parts, {
      intent: asked === "password" ? "password" : "code",
      field: (name) =>
        name === "email" ? field("username") : name === "code" ? field("otp") : field(name),
      pending: session.pending,
      attempt: session.attempt,
      network: networkOf(addressOf(request)),
      knownCookie: undefined,
      provenDevice: deviceIdOf(session.keyThumbprint),
      needsMfa: session.needsMfa,
      say,
    });
    if ("fault" in outcome) {
      const { fault, retryAfterSeconds, status = 403 } = outcome;
      const again = { auth_session: sealSession(session, parts.sealing), next: asked };
      return retryAfterSeconds === undefined
        ? problem(403, "access_denied", fault, again)
        : problem(status, "temporarily_unavailable", fault, again, {
            "Retry-After": String(retryAfterSeconds),
          });
    }
    if ("next" in outcome) return insufficient({ ...session, pending: outcome.next });
    const { amr, signedIn } = outcome;
    await audit(parts.store.audit, parts.now(), {
      actor: `user:${signedIn.id}`,
      action: "signed-in",
      about: `user:${signedIn.id}`,
      details: { amr: amr.join(" "), client: session.clientId },
    });
    const code = await issuer().issueCode({
      ...session,
      accountId: signedIn.id,
      epoch: signedIn.epoch,
      amr,
      authTimeSeconds: Math.floor(parts.now() / 1000),
    });
    return { status: 200, body: { authorization_code: code } };
  };

  const insufficient = (session: AuthSession): Answer => {
    const next = nextOf(session.pending);
    if (next === undefined)
      return problem(403, "redirect_to_web", "what comes next needs the browser");
    return problem(403, "insufficient_authorization", "one more proof is needed", {
      auth_session: sealSession(session, parts.sealing),
      next,
    });
  };

  return async (request, response) => {
    const { body, headers = {}, status } = await answer(request);
    throwIfStoreLost();
    response
      .writeHead(status, {
        "Content-Type": "application/json",
        "Cache-Control": "no-store",
        ...headers,
      })
      .end(JSON.stringify(body));
  };
}

/** What the app should ask the person for; undefined when only the browser can go on. */
function nextOf({
  enrols,
  mailed,
  passkey,
  step,
  texted,
}: Pending): "password" | "otp" | "mailed-code" | "texted-code" | undefined {
  if (step === "start") return "password";
  if (step !== "second" || enrols === true || passkey === true) return undefined;
  return mailed === true ? "mailed-code" : texted === true ? "texted-code" : "otp";
}

function beginSession(
  client: RegisteredClient,
  keyThumbprint: string,
  field: (name: string) => string,
  nowMs: number,
): AuthSession | Answer {
  const codeChallenge = field("code_challenge");
  if (!/^[\w-]{43}$/.test(codeChallenge) || field("code_challenge_method") !== "S256")
    return problem(400, "invalid_request", "a code_challenge by S256 is needed");
  if (field("authorization_details") !== "")
    return problem(
      400,
      "invalid_authorization_details",
      "no type of authorization_details is known here",
    );
  const [first = ""] = client.redirectUris;
  const redirectUri = field("redirect_uri") === "" ? first : field("redirect_uri");
  if (!client.redirectUris.includes(redirectUri))
    return problem(400, "invalid_request", "the redirect_uri is not the client's");
  return {
    attempt: randomBytes(32).toString("base64url"),
    clientId: client.id,
    keyThumbprint,
    redirectUri,
    scope: field("scope") === "" ? "openid" : field("scope").slice(0, 2000),
    nonce: field("nonce") === "" ? undefined : field("nonce").slice(0, 256),
    codeChallenge,
    needsMfa: field("acr_values").split(" ").includes("mfa"),
    pending: { step: "start" },
    endsAtMs: nowMs + sessionLifeMs,
  };
}
