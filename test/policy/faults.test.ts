import assert from "node:assert/strict";
import { test } from "node:test";
import { document, identity, planned } from "./planned.ts";

test("every fault is named with its place and the nearest right spelling", async () => {
  const { faults } = await planned(`mod: enforce
listen: { prot: 8443 }
trustedProxies: [10.0.0.0/8]
operations:
  - { match: login, limts: [] }
  - { match: login, limits: [{ rate: 5/fortnight, per: adress }] }
`);
  assert.deepEqual(
    faults.map((fault) => fault.replace(/^\d+:\d+ /, "")),
    [
      "'mod' is not known here (Did you mean 'mode'?)",
      "'prot' is not known here (Did you mean 'port'?)",
      "'limts' is not known here (Did you mean 'limits'?)",
      `'rate' is "5/fortnight"`,
      `'per' is "adress"`,
    ],
  );
  assert.ok(faults.every((fault) => /^\d+:\d+ /.test(fault)));
  assert.match(faults[0] ?? "", /^3:1 /);
});

test("what policy and documents cannot be together is a fault, never a silent nothing", async () => {
  const faults = async (text: string): Promise<string> => (await planned(text)).faults.join("\n");
  assert.match(
    await faults("operations: [{ match: getAcount, maxBodySize: 1kB }]\n"),
    /selects no operation \(Did you mean 'getAccount'\?\)/,
  );
  assert.match(
    await faults("operations: [{ match: { tag: monney }, maxBodySize: 1kB }]\n"),
    /selects no operation/,
  );
  assert.match(
    await faults(
      "operations: [{ match: getAccount, owner: { param: accountId, is: token.sub } }]\n",
    ),
    /no issuer is named/,
  );
  assert.match(
    await faults(
      `${identity}operations: [{ match: getAccount, owner: { param: accuntId, is: token.sub } }]\n`,
    ),
    /no parameter 'accuntId' in its path, query or header \(Did you mean 'accountId'\?\)/,
  );
  assert.match(
    await faults(
      `${identity}operations: [{ match: login, owner: { response: /x, is: token.sub } }]\n`,
    ),
    /anybody may call/,
  );
  assert.match(
    await faults(`${identity}operations: [{ match: getAccount, owner: { is: token.sub } }]\n`),
    /by the path, the body, a lookup or the answer/,
  );
  assert.match(
    await faults(
      `${identity}operations: [{ match: closeAccount, owner: { response: /customerId, is: token.sub } }]\n`,
    ),
    /has already changed the object/,
  );
  assert.match(
    await faults(
      `${identity}operations: [{ match: closeAccount, owner: { lookup: getAcount, response: /customerId, is: token.sub } }]\n`,
    ),
    /no operation 'getAcount' \(Did you mean 'getAccount'/,
  );
  assert.match(
    await faults(
      `${identity}operations: [{ match: getAccount, owner: { any: [{ param: accountId }], exceptRoles: [x] } }]\n`,
    ),
    /does not say whose/,
  );
  assert.match(
    await faults(
      `${identity}sealedIds: { account: { parameters: [acountId], properties: [Account/id] } }\n`,
    ),
    /no operation has a path or query parameter 'acountId' \(Did you mean 'accountId'/,
  );
  const owner = (rule: string): Promise<string> =>
    faults(`${identity}operations: [{ match: getAccount, owner: ${rule} }]\n`);
  assert.match(
    await owner("{ param: accountId, optional: true, is: token.sub }"),
    /a path always names its object/,
  );
  assert.match(
    await owner("{ response: /customerId, optional: true, is: token.sub }"),
    /names no owner is never passed/,
  );
  assert.match(
    await owner("{ any: [{ param: accountId }, { body: /x, optional: true }], is: token.sub }"),
    /would pass them all/,
  );
  assert.match(
    await owner("{ response: /custmerId, is: token.sub }"),
    /declare no 'custmerId' .* \(Did you mean 'customerId'\?\)/,
  );
  assert.doesNotMatch(await owner("{ response: /customerId, is: token.sub }"), /declare no/);
  assert.match(
    await faults("operations: [{ match: login, hide: { existence: 1ms } }]\n"),
    /at least 5ms/,
  );
  assert.match(
    await faults("operations: [{ match: login, hide: existance }]\n"),
    /'hide' is "existance" \(Did you mean 'existence'\?\)/,
  );
  assert.match(
    await faults('cors: { origins: ["https://app.example/"] }\n'),
    /'origins' holds "https:\/\/app.example\/"/,
  );
  assert.match(
    await faults('cors: { origins: ["*"], credentials: true }\n'),
    /no cookies where any page may ask/,
  );
  assert.match(
    await faults("operations: [{ match: login, limits: [{ rate: tier, per: user }] }]\n"),
    /needs tiers/,
  );
  assert.match(
    await faults("operations: [{ match: getAccount, limits: [{ rate: 1/s, per: body.x }] }]\n"),
    /has no body to count by/,
  );
  assert.match(
    await faults(
      "roles: { support: [] }\noperations: [{ match: getAccount, allow: { roles: [suport] } }]\n",
    ),
    /no role 'suport' \(Did you mean 'support'\?\)/,
  );
  assert.match(await faults("trustedProxies: [10.0.0.0/33]\n"), /not an address or a CIDR range/);
  assert.match(await faults("trustedProxies: [0.0.0.0/0]\n"), /'0.0.0.0\/0' holds everybody/);
  assert.match(await faults('trustedProxies: ["::ffff:10.0.0.0/8"]\n'), /holds every IPv4 address/);
  assert.match(await faults("trustedProxies: [10.1.2.3/8]\n"), /names one address, and a range/);
  assert.match(
    await faults("headers: { accept: [X-Forwarded-Prefix] }\n"),
    /nobody's word is taken for these fields/,
  );
  const accepted = (name: string): Promise<string> =>
    faults(`trustedProxies: [10.0.0.1]\nheaders: { accept: [${name}] }\n`);
  assert.equal(await accepted("X-Forwarded-Prefix, X-Auth-Request-User"), "");
  assert.match(await accepted("Portcullis-Identity"), /the gate's own word/);
  assert.match(await accepted("X-Forwarded-For"), /is read by the gate/);
  assert.match(await accepted("Keep-Alive"), /speaks of one connection/);
  assert.match(await accepted("X-Theme"), /is no field that is held back/);
  assert.match(await faults("listen: { proxyProtocol: true }\n"), /nobody's PROXY header/);
  assert.match(
    await faults(
      `apis: [{ openapi: ${document}, upstream: "http://h:1", version: v1, sunset: 2027-01-01 }]\n`,
    ),
    /must first be deprecated/,
  );
  assert.match(
    await faults(
      `apis: [{ openapi: ${document}, upstream: "http://h:1", version: v1, deprecated: 2026-12-01, sunset: 2027-01-01 }]\n`,
    ),
    /less than six months/,
  );
  assert.match(
    await faults(
      `apis: [{ openapi: ${document}, upstream: "http://h:1", version: v1, successor: v9 }]\n`,
    ),
    /no API of version 'v9'/,
  );
  assert.match(
    await faults(`apis: [{ openapi: ${document}, upstream: "http://user:pass@h:1/path" }]\n`),
    /'upstream' is/,
  );
  assert.match(await faults("versioning: { header: X-Version, query: v }\n"), /named in one place/);
});

test("a control without an engine is refused by name, so that nobody believes it is on", async () => {
  assert.match(
    (await planned("operations: [{ match: login, attestation: required }]\n")).faults.join("\n"),
    /'attestation' is not available/,
  );
});

test("a policy that is no policy is refused in words", async () => {
  for (const text of ["apis: {}\n", "- a\n", "apis: [null]\n", "mode: [enforce]\napis: 7\n"])
    assert.ok((await planned(text)).faults.length > 0, text);
});
