import { tenant, type Vendor } from "./vendors.ts";

interface Shape {
  readonly typ?: string;
  readonly claims: Readonly<Record<string, unknown>>;
  /** What the policy names of it. */
  readonly named: string;
  readonly expected: {
    readonly subject: string;
    readonly clientId: string | undefined;
    readonly roles: readonly string[];
    readonly scopes: readonly string[];
    readonly sessionId: string | undefined;
  };
}

const audience = "https://api.example.com";
const caller = (subject: string, rest: Partial<Shape["expected"]> = {}): Shape["expected"] => ({
  subject,
  clientId: undefined,
  roles: [],
  scopes: [],
  sessionId: undefined,
  ...rest,
});
const jti = "0a1b2c";

/** Tokens with the claims that each vendor documents for its own. */
export const accessTokens: Readonly<Record<Vendor, Shape>> = {
  auth0: {
    typ: "JWT",
    claims: {
      sub: "auth0|64a1",
      aud: [audience, "https://bank.eu.auth0.com/userinfo"],
      azp: "spa-client",
      scope: "openid read:things",
      permissions: ["write:things"],
    },
    named: `audience: "${audience}"`,
    expected: caller("auth0|64a1", {
      clientId: "spa-client",
      roles: ["write:things"],
      scopes: ["openid", "read:things", "write:things"],
    }),
  },
  cognito: {
    claims: {
      sub: "a1b2",
      token_use: "access",
      client_id: "7abc",
      username: "ann",
      "cognito:groups": ["staff"],
      scope: "aws.cognito.signin.user.admin",
      auth_time: 1,
      origin_jti: "o-1",
      event_id: "e-1",
      jti,
    },
    named: "client: 7abc",
    expected: caller("a1b2", {
      clientId: "7abc",
      roles: ["staff"],
      scopes: ["aws.cognito.signin.user.admin"],
      sessionId: "o-1",
    }),
  },
  firebase: {
    typ: "JWT",
    claims: {
      sub: "uid1",
      user_id: "uid1",
      aud: "bank-app",
      auth_time: 1,
      email: "ann@example.com",
      firebase: { identities: {}, sign_in_provider: "password" },
    },
    named: "audience: bank-app",
    expected: caller("uid1"),
  },
  keycloak: {
    typ: "JWT",
    claims: {
      sub: "f:1",
      typ: "Bearer",
      aud: [audience, "account"],
      azp: "bank-app",
      sid: "s-1",
      acr: "1",
      realm_access: { roles: ["member"] },
      resource_access: { account: { roles: ["view-profile"] } },
      scope: "profile email",
      jti,
    },
    named: `audience: "${audience}"`,
    expected: caller("f:1", {
      clientId: "bank-app",
      roles: ["member"],
      scopes: ["profile", "email"],
      sessionId: "s-1",
    }),
  },
  entra: {
    typ: "JWT",
    claims: {
      sub: "pairwise",
      aud: "api-client-id",
      azp: "spa-client-id",
      azpacr: "0",
      oid: "o-1",
      tid: tenant,
      ver: "2.0",
      scp: "things.read things.write",
      roles: ["Staff"],
      aio: "x",
      uti: "y",
      rh: "z",
    },
    named: "audience: api-client-id",
    expected: caller("pairwise", {
      clientId: "spa-client-id",
      roles: ["Staff"],
      scopes: ["things.read", "things.write"],
    }),
  },
  supabase: {
    typ: "JWT",
    claims: {
      sub: "u-1",
      aud: "authenticated",
      role: "authenticated",
      aal: "aal1",
      amr: [{ method: "password", timestamp: 1 }],
      session_id: "s-1",
      is_anonymous: false,
      app_metadata: { provider: "email" },
      user_metadata: {},
      email: "ann@example.com",
      phone: "",
    },
    named: "audience: authenticated",
    expected: caller("u-1", { roles: ["authenticated"], sessionId: "s-1" }),
  },
  clerk: {
    typ: "JWT",
    claims: {
      sub: "user_2a",
      azp: "https://app.example.com",
      sid: "sess_2a",
      org_id: "org_1",
      org_role: "admin",
      fva: [1, -1],
    },
    named: 'client: "https://app.example.com"',
    expected: caller("user_2a", {
      clientId: "https://app.example.com",
      roles: ["admin"],
      sessionId: "sess_2a",
    }),
  },
  okta: {
    claims: {
      ver: 1,
      jti: "AT.1",
      sub: "ann@example.com",
      aud: "api://default",
      cid: "0oa1",
      uid: "00u1",
      scp: ["openid", "things"],
      groups: ["Staff"],
    },
    named: "audience: api://default",
    expected: caller("ann@example.com", {
      clientId: "0oa1",
      roles: ["Staff"],
      scopes: ["openid", "things"],
    }),
  },
  zitadel: {
    typ: "JWT",
    claims: {
      sub: "2001",
      aud: ["app@bank", "project-1"],
      client_id: "app@bank",
      jti,
      "urn:zitadel:iam:org:project:roles": { teller: { "1": "bank.example" } },
    },
    named: "audience: project-1",
    expected: caller("2001", { clientId: "app@bank", roles: ["teller"] }),
  },
  ory: {
    typ: "JWT",
    claims: {
      sub: "k-1",
      aud: [audience],
      client_id: "c-1",
      scp: ["openid", "offline"],
      ext: { roles: ["member"] },
      jti,
    },
    named: `audience: "${audience}"`,
    expected: caller("k-1", { clientId: "c-1", roles: ["member"], scopes: ["openid", "offline"] }),
  },
  apple: {
    claims: {
      sub: "000123.ab",
      aud: "com.example.bank",
      nonce: "n",
      c_hash: "h",
      email: "x@privaterelay.appleid.com",
      auth_time: 1,
      nonce_supported: true,
    },
    named: "audience: com.example.bank",
    expected: caller("000123.ab"),
  },
  google: {
    typ: "JWT",
    claims: {
      sub: "1100",
      azp: "web.apps.googleusercontent.com",
      aud: "web.apps.googleusercontent.com",
      at_hash: "h",
      hd: "example.com",
      email: "ann@example.com",
    },
    named: "audience: web.apps.googleusercontent.com",
    expected: caller("1100", { clientId: "web.apps.googleusercontent.com" }),
  },
};
