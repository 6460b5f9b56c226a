import type { Mutant } from "../mutant.ts";

const guard = "packages/guard/src";
const src = `${guard}/controls/authentication`;
const policies = ["test/policy/callers.test.ts"];
const presets = ["test/tokens/presets.test.ts"];
const odd = ["test/callers/odd-answers.test.ts"];
const learned = ["test/callers/learned.test.ts"];
const flows = ["test/callers/through-the-gate.test.ts"];
const framed = ["test/security/framed-bodies.test.ts"];

/** Whether what a source says of its callers is believed. */
export const callers: readonly Mutant[] = [
  {
    file: `${guard}/journey/body-frame.ts`,
    find: "if (only === undefined ? isShort(found) : found === only)",
    put: "if (found !== undefined)",
    breaks: "What stands beside the data holds what the policy says, or is judged as data.",
    tests: framed,
  },
  {
    file: `${guard}/journey/framing.ts`,
    find: "fields.contentType = written;",
    put: "",
    breaks: "A body that the backend reads as JSON is judged as JSON.",
    tests: framed,
  },
  {
    file: `${guard}/journey/ask-backend.ts`,
    find: 'envelope === undefined || methodFrom?.in !== "body"',
    put: 'envelope !== undefined || methodFrom?.in !== "body"',
    breaks:
      "Who calls, and whose it is, is asked with the session that the app has sent in a body.",
    tests: framed,
  },
  {
    file: `${guard}/controls/authentication/open-asked.ts`,
    find: "    framedNameOf,",
    put: "    nameOf,",
    breaks: "A session is remembered for the application that it was shown with.",
    tests: framed,
  },
  {
    file: `${src}/check-secret.ts`,
    find: "if (isPublic(text))",
    put: "if (isPublic(text) && !accepted)",
    breaks: "A public key is never a shared secret, whatever the policy accepts.",
    tests: policies,
  },
  {
    file: `${src}/check-secret.ts`,
    find: "if (bytes < leastShortBytes)",
    put: "if (bytes < leastShortBytes && !accepted)",
    breaks: "A secret of a byte is refused, whatever the policy accepts.",
    tests: policies,
  },
  {
    file: `${src}/plan-places.ts`,
    find: "if (other !== undefined)\n",
    put: "if (other === source.name)\n",
    breaks: "Two sources that cannot be told apart are a fault of the policy.",
    tests: policies,
  },
  {
    file: "packages/guard/src/policy/claim-source.ts",
    find: "if (mustName && source === undefined && separate.length > 0)",
    put: "if (mustName && source === undefined && separate.length > 9)",
    breaks: "An owner rule says whose subject it means, where one name may be two people.",
    tests: policies,
  },
  {
    file: `${src}/key-set.ts`,
    find: 'if (header["alg"] !== algorithm)',
    put: 'if (header["alg"] === undefined)',
    breaks: "A token of a shared secret is verified by the one algorithm of its source.",
    tests: flows,
  },
  {
    file: `${src}/access-token.ts`,
    find: "    if (!fits)\n",
    put: "    if (!fits && value === null)\n",
    breaks: "A token of a neighbouring preset, or another kind of token, is refused.",
    tests: presets,
  },
  {
    file: `${guard}/x509/certificate-path.ts`,
    find: "certificate.verify(one.certificate.publicKey);",
    put: "certificate.verify !== undefined;",
    breaks: "A certificate is signed by the authority itself, and not by one of its name.",
    tests: ["test/callers/certificates.test.ts"],
  },
  {
    file: `${guard}/x509/certificate-path.ts`,
    find: "one.mostBelow >= below.length &&",
    put: "",
    breaks: "An authority that may have none below it has none below it.",
    tests: ["test/callers/certificate-paths.test.ts"],
  },
  {
    file: `${guard}/x509/revocation-list.ts`,
    find: "verify(hash, tbs.whole, certificate.publicKey, signature.content.subarray(1)),",
    put: "certificate.ca,",
    breaks: "A list is the authority's own, and not one of its name.",
    tests: ["test/callers/certificate-paths.test.ts"],
  },
  {
    file: `${src}/caller-certificate.ts`,
    find: "return nowSeconds < listsEndAtSeconds ? said",
    put: "return nowSeconds < Infinity ? said",
    breaks: "Nobody is believed by a list that is old.",
    tests: ["test/callers/certificate-paths.test.ts"],
  },
  {
    file: `${src}/revocation.ts`,
    find: "if (named !== undefined || source !== mainSource) return named ?? everything;",
    put: "if (named !== undefined) return named;",
    breaks: "A revocation ends what its own source has named, and no other source's.",
    tests: [`${src}/revocation.test.ts`],
  },
  {
    file: `${src}/learn.ts`,
    find: "if (wasSent(known, credential))",
    put: "if (wasSent(known, credential) && credential === subject)",
    breaks: "A session that was begun before sign-in is nobody's afterwards.",
    tests: learned,
  },
  {
    file: `${src}/learn.ts`,
    find: "status >= 200 && status < 300 && status !== 206 && !bodyless &&",
    put: "!bodyless &&",
    breaks: "A sign-in that was refused makes nobody a caller.",
    tests: learned,
  },
  {
    file: "packages/guard/src/state/shared-learned.ts",
    find: "if (isOthers) this.#clear(at);",
    put: "if (isOthers) this.#write(at, key, entry);",
    breaks: "A credential that is given to a second person is nobody's.",
    tests: ["packages/guard/src/state/learned.test.ts"],
  },
  {
    file: `${src}/whoami.ts`,
    find: "if (told.isShared === true)",
    put: "if (told.isShared === undefined)",
    breaks: "An answer that caches may keep for everybody says of nobody who calls.",
    tests: odd,
  },
  {
    file: `${src}/whoami.ts`,
    find: "if (status !== 200) return unknown(",
    put: "if (status !== 200) return nobody(",
    breaks: "A backend that fails makes nobody anonymous.",
    tests: odd,
  },
  {
    file: `${src}/introspection.ts`,
    find: "!source.audiences.some((one) => named.includes(one))",
    put: "aud === undefined",
    breaks: "A token that is active for another audience is refused.",
    tests: odd,
  },
  {
    file: `${src}/remembered-callers.ts`,
    find: "this.#rules.versions.written(key);",
    put: "",
    breaks: "A session that was signed out is nobody's on every thread.",
    tests: flows,
  },
];
