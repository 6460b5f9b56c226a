import type {
  ApiDocument,
  MediaTypeContract,
  Operation,
  Parameter,
} from "@portcullis/guard/documents";

/** Where each endpoint of the built-in issuer lives, under the public address. */
export const issuerPaths = {
  authorization: "/oauth/authorize",
  token: "/oauth/token",
  challenge: "/oauth/challenge",
  pushedAuthorizationRequest: "/oauth/par",
  revocation: "/oauth/revoke",
  introspection: "/oauth/introspect",
  userinfo: "/oauth/userinfo",
  jwks: "/oauth/jwks",
  endSession: "/oauth/sign-out",
  signIn: "/sign-in",
  notMe: "/sign-in/not-me",
  account: "/account",
} as const;

const form: MediaTypeContract = { mediaType: "application/x-www-form-urlencoded" };
const json: MediaTypeContract = { mediaType: "application/json" };
/** Pages answer a wrong password with 400, sign-in on the app's own screens with 403. */
const signsIn: NonNullable<Operation["purpose"]> = {
  role: "sign-in",
  target: "email",
  failures: [400, 401, 403],
};
/**
 * OAuth asks servers to ignore parameters they do not know (RFC 6749 section 3.1): the whole query
 * is one parameter that may be anything.
 */
const anyQuery: Parameter = {
  name: "query",
  in: "querystring",
  required: false,
  style: "form",
  explode: true,
  allowReserved: false,
  allowEmptyValue: true,
  content: form,
};

/**
 * The issuer's endpoints and pages as operations, so that they pass the journey like any other:
 * limits, modes, records and metrics by name. What their parameters mean is judged by the issuer,
 * which answers with OAuth's own errors.
 */
export function issuerDocument(): ApiDocument {
  const position = { file: "(built-in issuer)", line: 1, column: 1 };
  const operation = (
    operationId: string,
    method: string,
    pathTemplate: string,
    content: readonly MediaTypeContract[] = [],
    purpose?: Operation["purpose"],
  ): Operation => ({
    key: `${method} ${pathTemplate}`,
    operationId,
    method,
    pathTemplate,
    tags: ["sign-in"],
    parameters: [
      ...[...pathTemplate.matchAll(/\{(\w+)\}/g)].map(
        (match): Parameter => ({
          name: match[1] as string,
          in: "path",
          required: true,
          style: "simple",
          explode: false,
          allowReserved: false,
          allowEmptyValue: false,
          schema: { type: "string" },
        }),
      ),
      anyQuery,
    ],
    ...(content.length === 0 ? {} : { requestBody: { required: false, content } }),
    responses: [],
    security: [],
    deprecated: false,
    ...(purpose === undefined ? {} : { purpose }),
    position,
  });
  const p = issuerPaths;
  return {
    file: "(built-in issuer)",
    openapi: "3.1",
    title: "Sign-in",
    apiVersion: "",
    schemas: {},
    securitySchemes: [],
    operations: [
      operation("issuerDiscovery", "GET", "/.well-known/openid-configuration"),
      operation("issuerMetadata", "GET", "/.well-known/oauth-authorization-server"),
      operation("issuerKeys", "GET", p.jwks),
      operation("issuerAuthorize", "GET", p.authorization),
      operation("issuerResume", "GET", `${p.authorization}/{interaction}`),
      operation("issuerToken", "POST", p.token, [form]),
      operation("issuerChallenge", "POST", p.challenge, [form], { ...signsIn, target: "username" }),
      operation("issuerTokenPreflight", "OPTIONS", p.token),
      operation("issuerPush", "POST", p.pushedAuthorizationRequest, [form]),
      operation("issuerPushPreflight", "OPTIONS", p.pushedAuthorizationRequest),
      operation("issuerRevoke", "POST", p.revocation, [form]),
      operation("issuerRevokePreflight", "OPTIONS", p.revocation),
      operation("issuerIntrospect", "POST", p.introspection, [form]),
      operation("issuerUserinfo", "GET", p.userinfo),
      operation("issuerUserinfoByPost", "POST", p.userinfo, [form]),
      operation("issuerSignOut", "GET", p.endSession),
      operation("issuerSignOutByPost", "POST", p.endSession, [form]),
      operation("issuerSignOutConfirm", "POST", `${p.endSession}/confirm`, [form]),
      operation("issuerSignedOut", "GET", `${p.endSession}/success`),
      operation("signInStyle", "GET", `${p.signIn}/style.css`),
      operation("signInPasskeys", "GET", `${p.signIn}/passkeys.js`),
      operation("signInFederated", "GET", `${p.signIn}/from/{provider}`),
      operation("signInFederatedByPost", "POST", `${p.signIn}/from/{provider}`, [form]),
      operation("signInNotMe", "GET", p.notMe),
      operation("signInNotMeConfirm", "POST", p.notMe, [form]),
      operation("signInPage", "GET", `${p.signIn}/{interaction}`),
      operation("signInSubmit", "POST", `${p.signIn}/{interaction}`, [form], signsIn),
      operation("signInPasskeyOptions", "POST", `${p.signIn}/{interaction}/passkey`, [json]),
      operation("accountPage", "GET", p.account),
      operation("accountSubmit", "POST", p.account, [form, json]),
    ],
  };
}
