import type { PolicyKeys } from "@portcullis/guard/policy";
import {
  choice,
  duration,
  flag,
  integer,
  list,
  object,
  optional,
  required,
  scalarOr,
  secret,
  text,
  url,
} from "@portcullis/guard/policy-shapes";

const web = ["https:", "http:"] as const;

const refreshToken = object({
  ttl: optional(duration, "How long a session lives at most (30d)."),
  idle: optional(duration, "How long a session may go unused (14d)."),
  retryWindow: optional(
    duration,
    "How long a refresh whose answer was lost may be asked for again, by the same key (7d).",
  ),
});

const signIn = object({
  title: optional(text("the name people know the service by"), "The name on the sign-in pages."),
  accentColor: optional(
    text("a colour such as #0a5c5a", /^#[0-9a-fA-F]{6}$/),
    "The colour of buttons and links.",
  ),
  locales: optional(
    list(choice("en", "de", "nl"), 1),
    "The languages of the pages; the first is for people who speak none of them.",
  ),
  signUp: optional(choice("open", "closed"), "Whether people may make accounts themselves."),
  roles: optional(list(text("a role"), 1), "The roles that new accounts are given."),
  androidOrigins: optional(
    list(
      text(
        "an app's origin such as android:apk-key-hash:...",
        /^android:apk-key-hash:[A-Za-z0-9_-]{43}$/,
      ),
      1,
    ),
    "Android apps that may use the same passkeys.",
  ),
  secondFactor: optional(
    choice("optional", "new-device", "always"),
    "Who is asked for a second proof: who has set one up, new devices too, or everybody.",
  ),
  session: optional(duration, "How long a browser stays signed in (12h)."),
});

const breached = object({
  file: optional(
    text("a file of SHA-1 hashes in hexadecimal, sorted"),
    "A list of breached passwords.",
  ),
  url: optional(
    url(web, "the address of a range service, which is asked with five characters of a hash"),
    "A service that knows breached passwords.",
  ),
});

const passwords = object({
  least: optional(integer(8, 64), "The fewest characters (15, or 8 with a second proof always)."),
  breached: optional(
    scalarOr(choice("off"), breached),
    "Where breached passwords are looked up; off without it.",
  ),
});

const smtp = object({
  host: required(
    text("a host name such as smtp.example.com", /^[A-Za-z0-9:][A-Za-z0-9.:-]{0,252}$/),
    "The server that takes mail.",
  ),
  port: optional(integer(1, 65_535), "Its port (587; 465 with security: tls)."),
  security: optional(
    choice("starttls", "tls", "none"),
    "How the connection is encrypted: from the first command on (starttls), from the beginning " +
      "(tls), or not at all (none), which this machine alone may be told.",
  ),
  authorities: optional(
    text("the path of a file of certificates"),
    "Whose certificates are believed, PEM; in place of the public authorities.",
  ),
  username: optional(
    text("a name"),
    "The name that the gate signs in with; without it, it does not.",
  ),
  password: optional(secret, "The password of this name."),
  timeout: optional(duration, "How long the server may take to answer each command (10s)."),
});

const mail = object({
  webhook: optional(
    url(web, "the address that sends mail for the gate"),
    "Is handed each mail as JSON.",
  ),
  token: optional(secret, "The bearer token that it is called with."),
  smtp: optional(smtp, "A mail server, in place of a webhook; the texts are the gate's own."),
  from: optional(
    text(
      "a sender's address such as no-reply@example.com",
      /^[^\s@<>,;:"\\]{1,64}@[^\s@<>,;:"\\]{1,255}$/,
    ),
    "The sender of the mails; needed with smtp.",
  ),
});

const sms = object({
  webhook: required(
    url(web, "the address that sends messages for the gate"),
    "Is handed each message as JSON.",
  ),
  token: optional(secret, "The bearer token that it is called with."),
});

const apple = object({
  teamId: required(
    text(
      "the team's ten capitals and digits, as Apple's membership page shows them",
      /^[A-Z0-9]{10}$/,
    ),
    "The team that the key belongs to.",
  ),
  keyId: required(
    text(
      "the key's ten capitals and digits, as they stand in AuthKey_XXXXXXXXXX.p8",
      /^[A-Z0-9]{10}$/,
    ),
    "The key's name.",
  ),
  key: required(secret, "The key itself, which signs what Apple takes for a secret."),
});

const provider = object({
  id: required(
    text("a short name such as google", /^[a-z0-9-]{1,32}$/),
    "The provider's name in addresses.",
  ),
  title: optional(text("the name on the button"), "The name on the sign-in page's button."),
  issuer: required(
    url(web, "the provider's address, such as https://accounts.google.com"),
    "The provider's issuer; the rest is discovered.",
  ),
  clientId: required(text("the client's id there"), "The gate's client_id at the provider."),
  clientSecret: optional(secret, "The gate's secret at the provider."),
  apple: optional(apple, "Apple's key, in place of a secret."),
  responseMode: optional(choice("query", "form_post"), "How the provider sends people back."),
  scopes: optional(list(text("a scope"), 1), "What is asked of the provider."),
});

const retention = object({
  audit: optional(duration, "How long the audit says who did what (400d)."),
  devices: optional(duration, "How long a device is known that was not seen any more (400d)."),
  sessions: optional(duration, "How long a session that has ended is remembered (90d)."),
  codes: optional(duration, "How long a code that is no longer valid is remembered (1d)."),
});

const appKeys = object({
  file: optional(
    text("a file with a set of public keys (JWKS)"),
    "A file with the keys as a JWK set.",
  ),
  url: optional(
    url(["https:"], "the https address of a set of public keys (JWKS)"),
    "Where the keys are fetched as a JWK set, so that the app can change them itself.",
  ),
  certificate: optional(
    text("a file with the app's certificate (PEM)"),
    "The certificate that the app's server shows at the TLS handshake, in place of signing.",
  ),
});

/** Keys of the policy that belong to the built-in issuer. */
export const identityKeys = {
  accessToken: {
    longerBecause: optional(
      text("why tokens live longer than fifteen minutes"),
      "Why tokens live longer than fifteen minutes.",
    ),
  },
  identity: {
    refreshToken: optional(refreshToken, "How long sessions live."),
    signIn: optional(signIn, "The sign-in pages."),
    passwords: optional(passwords, "What passwords must be like."),
    mail: optional(mail, "Who sends mail; without it, mail is written to a file."),
    sms: optional(sms, "Who sends text messages; without it, telephones are no second proof."),
    retention: optional(retention, "How long what has ended is kept."),
    providers: optional(list(provider, 1), "Other OpenID providers that people may come from."),
  },
  app: {
    redirectUris: optional(
      list(text("where sign-in returns to, such as com.example.app:/signed-in"), 1),
      "Where sign-in may return to.",
    ),
    logoutUris: optional(
      list(text("where sign-out returns to"), 1),
      "Where sign-out may return to.",
    ),
    kind: optional(choice("native", "web"), "Whether the app runs on a device or in a browser."),
    pushedRequests: optional(
      choice("required", "optional"),
      "Whether the app must push its sign-in requests (PAR).",
    ),
    scopes: optional(list(text("a scope"), 1), "The scopes that the app may ask for."),
    keys: optional(
      appKeys,
      "What the app's server proves who it is by: its public keys, or its certificate.",
    ),
    serves: optional(
      list(text("an audience"), 1),
      "Audiences whose API the app is: it may introspect tokens for them.",
    ),
    firstParty: optional(flag, "Whether the app is the operator's own: others ask for consent."),
    nativeSignIn: optional(flag, "Whether the app may ask for the password on its own screens."),
  },
} satisfies PolicyKeys;
