import { createHash } from "node:crypto";
import { defineApp, found, listOf, props } from "../app.ts";

interface Meter {
  serial: string;
  customer: string;
  kilowattHours: number;
}
const keys: Readonly<Record<string, string>> = {
  ann: "pk_annannannannannannannann01",
  ben: "pk_benbenbenbenbenbenbenben01",
};
const customers: Readonly<Record<string, string>> = { ann: "cust-red", ben: "cust-blue" };
let meters: Meter[] = [];
const meter = (serial: unknown): Meter | undefined => meters.find((one) => one.serial === serial);
const hashed = (key: string): string => createHash("sha256").update(key).digest("base64url");
const aMeter = props({ serial: "string", customer: "string", kilowattHours: "integer" });

/** API keys; customers in the query. */
export const meterworks = defineApp<string>({
  name: "meterworks",
  scheme: { type: "apiKey", in: "header", name: "X-API-Key" },
  userOf: ({ headers }) =>
    Object.keys(keys).find((person) => headers["x-api-key"] === keys[person]),
  reset() {
    meters = [
      { serial: "M-100", customer: "cust-red", kilowattHours: 5 },
      { serial: "M-200", customer: "cust-blue", kilowattHours: 6 },
    ];
  },
  routes: [
    {
      at: "GET /meters",
      id: "listMeters",
      query: ["customer"],
      answer: listOf(aMeter),
      say: ({ query }, user) => ({
        json: meters.filter(
          ({ customer }) => customer === (query.get("customer") ?? customers[user]),
        ),
      }),
    },
    {
      at: "GET /meters/{serial}",
      id: "getMeter",
      answer: aMeter,
      say: ({ params }) => found(meter(params["serial"])),
    },
    {
      at: "POST /meters/{serial}/reset",
      id: "resetMeter",
      say: ({ params }) => found(meter(params["serial"])),
    },
    {
      at: "POST /bills",
      id: "addBill",
      body: props({ customer: "string", amount: "integer" }),
      say: ({ body }) => ({ json: { billed: body["customer"] } }),
    },
  ],
  signIn: (_post, person) => ({ headers: { "X-API-Key": keys[person] ?? "" } }),
  learnAs: (person) => ({
    credential: { header: "X-API-Key" },
    token: { env: `METER_${person.toUpperCase()}` },
    claims: { sub: customers[person] },
  }),
  environment: { METER_ANN: keys["ann"] ?? "", METER_BEN: keys["ben"] ?? "" },
  holes: [
    { name: "another's meters are listed", as: "ann", at: "GET /meters?customer=cust-blue" },
    { name: "another's meter is read", as: "ann", at: "GET /meters/M-200" },
    { name: "another's meter is reset", as: "ben", at: "POST /meters/M-100/reset" },
    {
      name: "another is billed",
      as: "ann",
      at: "POST /bills",
      body: { customer: "cust-blue", amount: 1 },
    },
  ],
  steps: [
    { as: "ann", at: "GET /meters" },
    { as: "ann", at: "GET /meters?customer=cust-red" },
    { as: "ben", at: "GET /meters/M-200" },
    { as: "ann", at: "POST /meters/M-100/reset" },
    { as: "ann", at: "POST /bills", body: { customer: "cust-red", amount: 1 } },
  ],
  files: {
    "api-keys.yaml": Object.entries(keys)
      .map(
        ([id, key]) =>
          `- { id: ${id}, hash: ${hashed(key)}, sub: ${customers[id]}, issued: 2026-01-01T00:00:00Z }\n`,
      )
      .join(""),
  },
  policy: `portcullis: 1
mode: enforce
apis: [{ openapi: openapi.json, upstream: UPSTREAM }]
identity:
  sources:
    meterworks: { credential: { header: X-API-Key }, keys: { file: ./api-keys.yaml } }
operations:
  - { match: listMeters, owner: { param: customer, is: meterworks.sub, optional: true } }
  - { match: getMeter, owner: { response: /customer, is: meterworks.sub } }
  - { match: resetMeter, owner: { lookup: getMeter, response: /customer, is: meterworks.sub } }
  - { match: addBill, owner: { body: /customer, is: meterworks.sub } }
`,
});
