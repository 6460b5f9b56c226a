import type { Mutant } from "../mutant.ts";

const server = "packages/server/src";
const policy = "packages/guard/src/policy";
const document = "packages/guard/src/document";
const backends = ["test/security/backend-certificates.test.ts"];
const reached = ["test/policy/reached.test.ts"];
const profiles = ["test/policy/profiles.test.ts"];
const plain = ["test/documents/plain-yaml.test.ts"];

/** Who is believed to be a backend, what profiles may change, and how documents are read. */
export const documents: readonly Mutant[] = [
  {
    file: `${server}/upstream/tls-settings.ts`,
    find: "checkServerIdentity(name, certificate) ?? notPinned(pins, certificate)",
    put: "checkServerIdentity(name, certificate)",
    breaks: "A backend with another key than the pinned ones is not believed.",
    tests: backends,
  },
  {
    file: `${server}/upstream/tls-settings.ts`,
    find: "const name = serverName ?? host;",
    put: "const name = host;",
    breaks: "A backend's certificate must hold the name that the policy says.",
    tests: backends,
  },
  {
    file: `${server}/settings/admin-keys.ts`,
    find: "if (!exposed)",
    put: "if (!exposed && tls === undefined)",
    breaks: "An admin port beyond loopback must be said to be meant.",
    tests: reached,
  },
  {
    file: `${policy}/layers.ts`,
    find: "return [...below, ...(above as readonly unknown[])];",
    put: "return above;",
    breaks: "A profile that adds a rule takes none away.",
    tests: profiles,
  },
  {
    file: `${document}/plain-yaml.ts`,
    find: "if (key === undefined || Object.hasOwn(map, key)) return notPlain;",
    put: "if (key === undefined) return notPlain;",
    breaks: "A key that stands twice in a map is a fault, and not read as either.",
    tests: plain,
  },
];
