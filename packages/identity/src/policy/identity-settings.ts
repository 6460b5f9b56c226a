import { nearest } from "@portcullis/guard/policy";
import {
  type CoreKeys,
  type JoinContext,
  type PolicyOf,
  type Settings,
} from "@portcullis/guard/policy";
import { checkApps, noteAppsWithoutIssuer } from "./check-apps.ts";
import { identityKeys } from "./identity-keys.ts";
import { checkRetention } from "./retention.ts";

export type IdentityPolicy = PolicyOf<typeof identityKeys & CoreKeys>;
type Identity = NonNullable<IdentityPolicy["identity"]>;
type Note = JoinContext["note"];

const minute = 60_000;
const day = 1440 * minute;

/** What the built-in issuer adds to the policy. */
export const identitySettings: Settings<typeof identityKeys> = {
  name: "identity",
  keys: identityKeys,
  plan(policy: IdentityPolicy, { note }: JoinContext): undefined {
    const { identity } = policy;
    if (identity?.issuer !== "builtin") {
      if (identity !== undefined) noteExternal(identity, note);
      noteAppsWithoutIssuer(policy, note);
      return;
    }
    checkAddress(policy, note);
    checkAccessTokens(identity, note);
    checkSessions(identity, note);
    checkRetention(identity, note);
    checkSignIn(policy, identity, note);
    checkMail(identity, note);
    checkProviders(identity, note);
    checkBinding(policy, note);
    checkApps(policy, identity.accessToken?.binding ?? "optional", note);
  },
};

function checkAddress({ publicUrl }: IdentityPolicy, note: Note): void {
  if (publicUrl === undefined) {
    note(["identity", "issuer"], "the built-in issuer needs the address it is known by", {
      expected: "publicUrl: https://api.example.com",
      mend: "Add publicUrl. Tokens carry it, and apps compare it to the letter.",
    });
    return;
  }
  if (URL.parse(publicUrl)?.pathname !== "/")
    note(["publicUrl"], "the built-in issuer lives at the root of its address", {
      expected: "an address without a path, such as https://api.example.com",
    });
  else if (
    !publicUrl.startsWith("https:") &&
    !/^http:\/\/(localhost|127\.0\.0\.1)(:|\/|$)/.test(publicUrl)
  )
    note(["publicUrl"], "sign-in is served over https only", { expected: "https://..." });
}

/** Without the key nothing changes for apps that are in the stores already; new ones should have it. */
function checkBinding({ apps = [], identity }: IdentityPolicy, note: Note): void {
  const isPublic = apps.some(({ kind = "native" }) => kind === "native");
  if (identity?.accessToken?.binding !== undefined || !isPublic) return;
  note(["identity"], "tokens of apps that show no key are taken from whoever has them", {
    severity: "warning",
    expected: "identity: { accessToken: { binding: dpop } }",
    mend:
      "Write binding: dpop when every app in use proves a key (the record's `binding` says which " +
      "do not), or binding: optional to keep it as it is.",
  });
}

function checkAccessTokens({ accessToken }: Identity, note: Note): void {
  const { longerBecause, ttl = 10 * minute } = accessToken ?? {};
  const place = ["identity", "accessToken", "ttl"];
  if (ttl < minute)
    note(place, "access tokens of less than a minute are spent on their way", {
      expected: "5m to 15m",
    });
  if (ttl > 15 * minute && longerBecause === undefined)
    note(place, "access tokens live longer than fifteen minutes", {
      expected: "5m to 15m",
      mend: "If it must be, say why: longerBecause: ...",
    });
  if (ttl > day)
    note(place, "access tokens live longer than a day", {
      expected: "at most 24h, with a reason",
    });
}

function checkSessions({ refreshToken }: Identity, note: Note): void {
  const { idle = 14 * day, retryWindow = 7 * day, ttl = 30 * day } = refreshToken ?? {};
  if (idle > ttl)
    note(
      ["identity", "refreshToken", "idle"],
      "a session cannot be idle for longer than it lives",
      { expected: "idle at most ttl" },
    );
  if (retryWindow > idle)
    note(
      ["identity", "refreshToken", "retryWindow"],
      "a lost answer cannot be asked for again after the session has gone idle",
      { expected: "retryWindow at most idle" },
    );
}

function checkMail({ mail }: Identity, note: Note): void {
  if (mail === undefined) return;
  const { from, smtp, token, webhook } = mail;
  const place = ["identity", "mail"];
  if ((webhook === undefined) === (smtp === undefined))
    note(place, "mail is handed to one of two", { expected: "webhook, or smtp" });
  if (token !== undefined && webhook === undefined)
    note([...place, "token"], "a token is what a webhook is called with", {
      expected: "smtp: { username, password }",
    });
  if (smtp === undefined) return;
  if (from === undefined)
    note(place, "mail that is sent to a server needs a sender", { expected: "from" });
  const { host, password, security, username } = smtp;
  if ((username === undefined) !== (password === undefined))
    note([...place, "smtp"], "one half of the sign-in is missing", {
      expected: "username and password, or neither",
    });
  const isHere = /^(?:localhost|127\.[\d.]+|::1)$/i.test(host);
  if (security === "none" && !isHere)
    note([...place, "smtp", "security"], "codes would cross the network for everybody to read", {
      expected: "starttls or tls; none for a server on this machine",
    });
}

function checkSignIn({ roles = {} }: IdentityPolicy, { signIn, sms }: Identity, note: Note): void {
  const known = Object.keys(roles);
  signIn?.roles?.forEach((role, index) => {
    if (known.includes(role)) return;
    const meant = nearest(role, known);
    note(["identity", "signIn", "roles", String(index)], `there is no role '${role}'`, {
      expected: known.join(", ") || "a role under roles",
      ...(meant === undefined ? {} : { mend: `Did you mean '${meant}'?` }),
    });
  });
  if (signIn?.signUp === "open" && signIn.roles === undefined)
    note(
      ["identity", "signIn", "signUp"],
      "whoever signs up may do nothing: no role is given to them",
      { severity: "warning", expected: "roles: [customer] beside signUp" },
    );
  if (sms !== undefined)
    note(
      ["identity", "sms"],
      "codes by SMS can be read by whoever takes over the number, " +
        "and each costs money that strangers can spend",
      {
        severity: "warning",
        expected: "passkeys or authenticator apps; SMS only for those who have neither",
      },
    );
}

function checkProviders({ providers }: Identity, note: Note): void {
  providers?.forEach(({ apple, clientSecret }, index) => {
    if (apple !== undefined && clientSecret !== undefined)
      note(
        ["identity", "providers", String(index), "clientSecret"],
        "a provider is asked with a secret or with Apple's key, not with both",
        { mend: "Take clientSecret out." },
      );
  });
}

/** With another issuer, settings of the built-in one would silently do nothing. */
function noteExternal(identity: Identity, note: Note): void {
  for (const name of Object.keys(identityKeys.identity) as (keyof Identity)[])
    if (identity[name] !== undefined)
      note(["identity", name], `'${name}' is a setting of the built-in issuer`, {
        mend: "Take it out, or write issuer: builtin.",
      });
  if (identity.accessToken?.ttl !== undefined)
    note(["identity", "accessToken", "ttl"], "how long tokens live is said by their issuer", {
      mend: "Take ttl out.",
    });
}
export { retentionOf } from "./retention.ts";
