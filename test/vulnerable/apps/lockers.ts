import { createHmac } from "node:crypto";
import { defineApp, found, listOf, props } from "../app.ts";

interface Locker {
  number: number;
  code: string;
}
const secret = "a-locker-secret-of-32-bytes-or-more";
/** Whose a locker is stands in no answer. */
const owners: Readonly<Record<number, string>> = { 11: "ann", 12: "ben", 13: "ann" };
let lockers: Locker[] = [];
const locker = (number: unknown): Locker | undefined =>
  lockers.find((one) => one.number === Number(number));
const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
const tokenOf = (sub: string): string => {
  const exp = Math.floor(Date.now() / 1000) + 600;
  const text = `${part({ alg: "HS256", typ: "JWT" })}.${part({ sub, exp })}`;
  return `${text}.${createHmac("sha256", secret).update(text).digest("base64url")}`;
};
const aLocker = { $ref: "#/components/schemas/Locker" };

/** Objects that nothing says the owner of: each person's list shows their own ids alone. */
export const lockerRoom = defineApp<string>({
  name: "lockers",
  scheme: { type: "http", scheme: "bearer" },
  schemas: { Locker: props({ number: "integer", code: "string" }) },
  userOf: ({ headers }) =>
    ["ann", "ben"].find((one) => {
      const [, payload = ""] = (headers.authorization ?? "").split(".");
      return payload !== "" && Buffer.from(payload, "base64url").toString().includes(`"${one}"`);
    }),
  reset() {
    lockers = [
      { number: 11, code: "red" },
      { number: 12, code: "blue" },
      { number: 13, code: "green" },
    ];
  },
  routes: [
    {
      at: "GET /lockers",
      id: "listLockers",
      answer: listOf(aLocker),
      say: (_asked, user) => ({ json: lockers.filter(({ number }) => owners[number] === user) }),
    },
    {
      at: "GET /lockers/{number}",
      id: "getLocker",
      answer: aLocker,
      say: ({ params }) => found(locker(params["number"])),
    },
    {
      at: "POST /lockers/{number}/open",
      id: "openLocker",
      say: ({ params }) => found(locker(params["number"])),
    },
  ],
  signIn: (_post, person) => ({ headers: { Authorization: `Bearer ${tokenOf(person)}` } }),
  learnAs: (person) => ({ token: { env: `LOCKER_${person.toUpperCase()}` } }),
  environment: {
    LOCKER_SECRET: secret,
    LOCKER_ANN: tokenOf("ann"),
    LOCKER_BEN: tokenOf("ben"),
  },
  holes: [
    { name: "another's locker is read", as: "ann", at: "GET /lockers/12" },
    { name: "another's locker is opened", as: "ben", at: "POST /lockers/13/open" },
  ],
  steps: [
    { as: "ann", at: "GET /lockers" },
    { as: "ann", at: "GET /lockers/11" },
    { as: "ann", at: "POST /lockers/13/open" },
    { as: "ben", at: "GET /lockers" },
    { as: "ben", at: "GET /lockers/12" },
  ],
  policy: `portcullis: 1
mode: enforce
apis: [{ openapi: openapi.json, upstream: UPSTREAM }]
identity:
  sources:
    room: { jwt: { algorithm: HS256, secret: { env: LOCKER_SECRET } } }
provenance: { locker: { properties: [Locker/number] } }
operations:
  - { match: [getLocker, openLocker], owner: { provenance: { kind: locker, id: number } } }
`,
});
