import type { Mutant } from "../mutant.ts";

const src = "packages/server/src";
const admin = [`${src}/admin/admin-server.test.ts`];
const roles = ["test/admin/admin-roles.test.ts"];
const api = [`${src}/admin/admin-api.test.ts`, `${src}/admin/admin-requests.test.ts`];
const credential = [`${src}/admin/admin-credential.test.ts`];
const sealing = [`${src}/store/sealing.test.ts`];
const proxyHeader = [`${src}/listener/proxy-header.test.ts`];
const places = [`${src}/listener/places.test.ts`];
const pace = [`${src}/listener/pace.test.ts`];
const keySource = [`${src}/keys/key-source.test.ts`];
const tls = [`${src}/listener/choose-tls.test.ts`];
const assertion = [`${src}/keys/identity-assertion.test.ts`];

/** What the program keeps for itself: its admin, its keys, its door. */
export const program: readonly Mutant[] = [
  {
    file: `${src}/admin/admin-credential.ts`,
    find: "fits: (presented) => timingSafeEqual(digest(presented), expected)",
    put: "fits: (presented) => digest(presented).length === expected.length",
    breaks: "The admin API is opened by its own credential, and by no other.",
    tests: [...credential, ...admin],
  },
  {
    file: `${src}/admin/admin-credential.ts`,
    find: "if (token.length < 32)",
    put: "if (token.length < 1)",
    breaks: "A credential that is short enough to be guessed is not taken.",
    tests: credential,
  },
  {
    file: `${src}/admin/answer-request.ts`,
    find: "const by = isOpen(atPath) ? undefined : await administratorOf(answering, request);",
    put: 'const by = isOpen(atPath) || matched?.method === "GET" ? undefined : await administratorOf(answering, request);',
    breaks: "Reading from the admin API needs the credential too.",
    tests: [...admin, ...api, ...roles],
  },
  {
    file: `${src}/admin/answer-request.ts`,
    find: "if (presented !== undefined && credential.fits(presented))",
    put: "if (presented === undefined || credential.fits(presented))",
    breaks: "Who presents no credential is refused by the admin API.",
    tests: [...admin, ...api],
  },
  {
    file: `${src}/admin/answer-request.ts`,
    find: "    holdToRole(matched, by);\n",
    put: "",
    breaks: "A token opens what its role may do, and nothing else.",
    tests: roles,
  },
  {
    file: `${src}/admin/admin-tokens.ts`,
    find: "if (found === undefined || found.expiresAtMs <= this.#now()) return undefined;",
    put: "if (found === undefined) return undefined;",
    breaks: "A token of the admin API ends.",
    tests: roles,
  },
  {
    file: `${src}/store/audit-chain/verify-chain.ts`,
    find: "if (hashEntry(previous, sequence, entry) !== hash)",
    put: "if (hash.length === 0)",
    breaks: "An entry of the audit that was changed shows.",
    tests: ["test/admin/audit-chain.test.ts"],
  },
  {
    file: `${src}/admin/answer-request.ts`,
    find: 'routes.length > 0 && routes.every(({ needs }) => needs === "nothing");',
    put: 'routes.every(({ needs }) => needs === "nothing");',
    breaks: "Who has no credential is not told what the admin API serves.",
    tests: [...admin, ...api],
  },
  {
    file: `${src}/admin/admin-server.ts`,
    find: "loopback && !hostIsLocal(request, host, options.name)",
    put: "loopback && hostIsLocal(request, host) && false",
    breaks: "A page whose name points at this machine does not reach the admin API.",
    tests: admin,
  },
  {
    file: `${src}/admin/admin-server.ts`,
    find: "return localNames.has(name) || name === own || name === named;",
    put: 'return localNames.has(name.split(/[.:]/)[0] === "localhost" ? "localhost" : name) || name === own || name === named;',
    breaks: "A name that only begins with localhost is no name of this machine.",
    tests: admin,
  },
  {
    file: `${src}/admin/admin-server.ts`,
    find: "      if (count > mostBodyBytes) break;\n",
    put: "      if (count > mostBodyBytes * 1000) break;\n",
    breaks: "The admin API reads no more of a body than anything there is large.",
    tests: admin,
    equivalent:
      "What was read beyond is refused as too large all the same, and only who holds the " +
      "credential gets so far: how much was read before shows nowhere.",
  },
  {
    file: `${src}/store/sealing.ts`,
    find: "      cipher.setAAD(Buffer.from(place));",
    put: "      cipher.setAAD(Buffer.alloc(0));",
    breaks: "What is sealed in one row of the store is not opened in another.",
    tests: sealing,
  },
  {
    file: `${src}/store/sealing.ts`,
    find: 'if (kind === "production" && !existsSync(file))',
    put: 'if (kind === "production" && existsSync(file))',
    breaks: "In production no store is sealed with a key that lies beside it.",
    tests: sealing,
  },
  {
    file: `${src}/store/sealing.ts`,
    find: "if (bytes.length < leastBytes)",
    put: "if (bytes.length < 1)",
    breaks: "A sealing key that is too short is refused.",
    tests: sealing,
  },
  {
    file: `${src}/keys/read-secret.ts`,
    find: 'if (text === undefined || text.trim() === "")',
    put: "if (text === undefined)",
    breaks: "An empty variable is no secret.",
    tests: ["test/policy/secrets.test.ts"],
  },
  {
    file: `${src}/keys/fetch-keys.ts`,
    find: "if (named !== issuer)",
    put: "if (named === undefined)",
    breaks: "Keys are not fetched by the document of another issuer.",
    tests: keySource,
  },
  {
    file: `${src}/keys/fetch-keys.ts`,
    find: '!(parsed.protocol === "http:" && loopback.has(parsed.hostname))',
    put: 'parsed.protocol !== "http:"',
    breaks: "Keys are not fetched without encryption.",
    tests: keySource,
  },
  {
    file: `${src}/keys/fetch-keys.ts`,
    find: 'redirect: "error",',
    put: 'redirect: "follow",',
    breaks: "Whoever can redirect at the issuer does not choose its keys.",
    tests: keySource,
  },
  {
    file: `${src}/keys/identity-assertion.ts`,
    find: "if (caller === undefined) return undefined;",
    put: "if (caller === null) return undefined;",
    breaks: "Nothing is asserted of who is not signed in.",
    tests: assertion,
  },
  {
    file: `${src}/keys/identity-assertion.ts`,
    find: "known !== undefined && now < known.until",
    put: "known !== undefined",
    breaks: "An assertion for a backend is not used beyond its life.",
    tests: assertion,
  },
  {
    file: `${src}/keys/identity-assertion.ts`,
    find: 'aud: "portcullis:upstream",',
    put: "aud: issuer,",
    breaks: "An assertion for a backend is no token for anything else.",
    tests: assertion,
  },
  {
    file: `${src}/listener/choose-tls.ts`,
    find: '?? "TLSv1.3";',
    put: '?? "TLSv1.2";',
    breaks: "TLS 1.3 is the least, unless the policy says otherwise.",
    tests: tls,
  },
  {
    file: `${src}/listener/local-authority.ts`,
    find: 'if (environment["PORTCULLIS_ENV"] === "production") {',
    put: 'if (environment["PORTCULLIS_ENV"] === "test") {',
    breaks: "In production no certificate is served that only this machine trusts.",
    tests: tls,
  },
  {
    file: `${src}/listener/proxy-header.ts`,
    find: 'if (length > mostLength) return "malformed";',
    put: "",
    breaks: "A PROXY header does not make the gate wait for 64 kB.",
    tests: proxyHeader,
  },
  {
    file: `${src}/listener/proxy-header.ts`,
    find: "transport === undefined || length < fixedLength + transport.length",
    put: "transport === undefined",
    breaks: "A PROXY header that is shorter than its address is refused.",
    tests: proxyHeader,
  },
  {
    file: `${src}/listener/places.ts`,
    find: "return group === undefined || group.size < most || this.#shed(group);",
    put: "return group === undefined || group.size <= most || this.#shed(group);",
    breaks: "One address has as many connections as is said, and not one more.",
    tests: places,
  },
  {
    file: `${src}/listener/peer-names.ts`,
    find: ", ...tail].slice(0, 4)",
    put: ", ...tail].slice(0, 8)",
    breaks: "An IPv6 network counts as one caller.",
    tests: places,
  },
  {
    file: `${src}/listener/places.ts`,
    find: "      if (!one.isIdle) continue;\n",
    put: "",
    breaks: "Nobody's request is cut off to make room for a connection.",
    tests: places,
  },
  {
    file: `${src}/listener/places.ts`,
    find: "if (peer === undefined || this.#isTrusted(peer)) return true;",
    put: "if (peer === undefined) return true;",
    breaks: "A trusted proxy's connections are not bounded as one caller's.",
    tests: places,
  },
  {
    file: `${src}/listener/pace.ts`,
    find: "return this.#leftMs <= 0;",
    put: "return this.#leftMs <= -this.#stallMs;",
    breaks: "Who owes bytes and sends none is let go of after the time that is said.",
    tests: pace,
  },
  {
    file: `${src}/listener/pace.ts`,
    find: "    if (!due) {\n      this.#leftMs = this.#stallMs;",
    put: "    if (!due && bytes > 0) {\n      this.#leftMs = this.#stallMs;",
    breaks: "An event stream on which nothing happens is not slow.",
    tests: pace,
  },
];
