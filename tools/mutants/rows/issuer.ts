import type { Mutant } from "../mutant.ts";

const src = "packages/identity/src";
const judgement = [`${src}/rotation/judgement.test.ts`];
const signIn = ["test/identity/sign-in.test.ts"];
const disabled = ["test/identity/disabled-accounts.test.ts"];
const keys = ["test/identity/signing-keys.test.ts"];
const requests = ["test/identity/conformance-requests.test.ts"];
const conformance = ["test/identity/conformance-tokens.test.ts"];
const revoking = ["test/identity/conformance-revocation.test.ts"];
const native = ["test/identity/native-sign-in.test.ts"];

/** What the authorization server gives, to whom, and for how long. */
export const issuer: readonly Mutant[] = [
  {
    file: `${src}/rotation/judgement.ts`,
    find: "session.confirmedGeneration > generation",
    put: "session.confirmedGeneration > generation + 1",
    breaks: "A refresh token whose successor is in use is a copy, and ends its family.",
    tests: judgement,
  },
  {
    file: `${src}/rotation/judgement.ts`,
    find: 'if (isSuperseded || !isBound) return "stolen";',
    put: 'if (isSuperseded) return "stolen";',
    breaks: "A spent refresh token that is bound to no key is a copy: nobody can tell otherwise.",
    tests: judgement,
  },
  {
    file: `${src}/rotation/judgement.ts`,
    find: "if (nowMs - spentAtMs > retryWindowMs)",
    put: "if (nowMs - spentAtMs > retryWindowMs * 2)",
    breaks: "A lost answer is given again within its window, and not later.",
    tests: judgement,
  },
  {
    file: `${src}/rotation/judgement.ts`,
    find: "session === undefined || session.hasEnded ||",
    put: "session === undefined ||",
    breaks: "A refresh token of a session that has ended is a copy.",
    tests: judgement,
  },
  {
    file: `${src}/rotation/judgement.ts`,
    find: 'return isFresh(answeredAtMs, nowMs, receiptMs) ? "repeat" : "stolen";',
    put: 'return answeredAtMs === undefined ? "stolen" : "repeat";',
    breaks: "A code's answer is given again at once, and never later.",
    tests: judgement,
  },
  {
    file: `${src}/rotation/judgement.ts`,
    find: "answeredAtMs > nowMs - receiptMs;",
    put: "answeredAtMs >= nowMs - receiptMs;",
    breaks: "An answer is kept for as long as is said, and not a moment longer.",
    tests: judgement,
  },
  {
    file: `${src}/rotation/commit.ts`,
    find: "if (!(await oidcRecords.spend(model, id, now()))) throw new SpentMeanwhile(model);",
    put: "await oidcRecords.spend(model, id, now());",
    breaks: "Of two requests with one refresh token, one alone begins a line of tokens.",
    tests: ["test/identity/rotation.test.ts", "test/identity/nodes.test.ts"],
  },
  {
    file: `${src}/rotation/commit.ts`,
    find: "if (!(await tables.oidcRecords.putOnce(record, now()))) throw new ProofReplayed();",
    put: "await tables.oidcRecords.putOnce(record, now());",
    breaks: "A proof is good for one request at the issuer too.",
    tests: ["test/identity/conformance-proofs.test.ts"],
  },
  {
    file: `${src}/protocol/provider-settings.ts`,
    find: "pkce: { required: () => true },",
    put: "pkce: { required: () => false },",
    breaks: "A code without PKCE is not given: who steals it could redeem it.",
    tests: requests,
  },
  {
    file: `${src}/protocol/provider-settings.ts`,
    find: "allowOmittingSingleRegisteredRedirectUri: false,",
    put: "allowOmittingSingleRegisteredRedirectUri: true,",
    breaks: "A request says where its code goes.",
    tests: requests,
  },
  {
    file: `${src}/protocol/provider-settings.ts`,
    find: "rotateRefreshToken: true,",
    put: "rotateRefreshToken: false,",
    breaks: "A refresh token is used once.",
    tests: signIn,
  },
  {
    file: `${src}/protocol/provider-settings.ts`,
    find: "const codeSeconds = 60;",
    put: "const codeSeconds = 600;",
    breaks: "A code lives for a minute.",
    tests: disabled,
  },
  {
    file: `${src}/protocol/provider-settings.ts`,
    find: "if (account === undefined || account.disabled) return undefined;",
    put: "if (account === undefined) return undefined;",
    breaks: "An account that was disabled gets no token.",
    tests: disabled,
  },
  {
    file: `${src}/protocol/provider-settings.ts`,
    find: 'payload["sub"] = `client:${payload["client_id"] as string}`;',
    put: 'payload["sub"] = payload["client_id"];',
    breaks: "A service that is called like a customer is not taken for one.",
    tests: conformance,
  },
  {
    file: `${src}/protocol/provider-settings.ts`,
    find: 'client.clientAuthMethod !== "none" ||\n  context',
    put: 'client.clientAuthMethod === "none" ||\n  context',
    breaks: "A public client gets no refresh token that anybody could use.",
    tests: signIn,
  },
  {
    file: `${src}/protocol/provider-features.ts`,
    find: ") => token.clientId === client.clientId,",
    put: ") => token.clientId !== undefined && client.clientId !== undefined,",
    breaks: "A client revokes its own tokens, and no other's.",
    tests: revoking,
  },
  {
    file: `${src}/protocol/provider-features.ts`,
    find: "if (resource !== rules.audience) throw",
    put: 'if (resource === "") throw',
    breaks: "A token is made for the API that the policy names, and for no other.",
    tests: requests,
  },
  {
    file: `${src}/protocol/provider-features.ts`,
    find: "return allowed.filter((scope) => held.includes(scope));",
    put: "return allowed;",
    breaks: "A token holds no scope that its user's roles do not give.",
    tests: signIn,
  },
  {
    file: `${src}/protocol/structured-tokens.ts`,
    find: 'payload["client_id"] !== clientId',
    put: 'payload["client_id"] === undefined',
    breaks: "An access token of another client is not revoked.",
    tests: revoking,
  },
  {
    file: `${src}/protocol/structured-tokens.ts`,
    find: "if (found !== undefined && covers(found, version ?? 0, iat)) return false;",
    put: "",
    breaks: "A token that was revoked is not said to be active.",
    tests: revoking,
  },
  {
    file: `${src}/protocol/signing-keys.ts`,
    find: "const publishAheadMs = 20 * 60_000;",
    put: "const publishAheadMs = 60_000;",
    breaks: "A new key signs only once everybody can have it.",
    tests: keys,
  },
  {
    file: `${src}/protocol/signing-keys.ts`,
    find: "key.retiredAtMs === undefined && key.signsFromMs <= nowMs",
    put: "key.retiredAtMs === undefined",
    breaks: "A key signs from its time on, and not before.",
    tests: keys,
  },
  {
    file: `${src}/protocol/signing-keys.ts`,
    find: "atOnce ? now : now + longestTokenSeconds * 1000",
    put: "now + longestTokenSeconds * 1000",
    breaks: "A stolen key is believed no longer once it is retired at once.",
    tests: keys,
  },
  {
    file: `${src}/protocol/signing-keys.ts`,
    find: "now - newest.createdAtMs > rotateAfterMs",
    put: "now - newest.createdAtMs > rotateAfterMs * 100",
    breaks: "Keys are rotated by their age.",
    tests: keys,
  },
  {
    file: `${src}/sign-in/native-sign-in.ts`,
    find: '!/^[\\w-]{43}$/.test(codeChallenge) || field("code_challenge_method") !== "S256"',
    put: 'field("code_challenge_method") === "plain"',
    breaks: "A sign-in in the app asks for PKCE by S256.",
    tests: native,
  },
  {
    file: `${src}/sign-in/native-sign-in.ts`,
    find: "if (!client.redirectUris.includes(redirectUri))",
    put: 'if (redirectUri === "")',
    breaks: "A code of a sign-in in the app goes to no foreign address.",
    tests: native,
  },
  {
    file: `${src}/sign-in/native-sign-in.ts`,
    find: "return isFirst ? proof : problem(",
    put: 'return isFirst || proof.jti !== "" ? proof : problem(',
    breaks: "A proof begins one step of a sign-in, and not two.",
    tests: native,
  },
  {
    file: `${src}/sign-in/auth-session.ts`,
    find: "      session.keyThumbprint === keyThumbprint &&\n",
    put: "",
    breaks: "A sign-in that was begun with one key is not gone on with by another.",
    tests: native,
  },
];
