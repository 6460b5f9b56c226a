import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Apache, type ApachePlace, findApache, openApache } from "./apache.ts";
import { askRun, type ServerName } from "./ask-run.ts";
import { findChromium, openChromium, type TestBrowser } from "./chromium.ts";
import { findProgram } from "./find-program.ts";
import type { Find, Part } from "./part.ts";
import { findNode24 } from "./node24.ts";
import { findPostgres } from "./postgres.ts";
import { packages } from "./packages.ts";
import { python } from "./python.ts";
import { findRedis, openOwnRedis, type OwnRedis } from "./redis.ts";
import {
  findRedisPrograms,
  openRedisCluster,
  type RedisCluster,
  type RedisPrograms,
} from "./redis-cluster.ts";
import { openRedisSentinel, type RedisSentinel } from "./redis-sentinel.ts";
import { findFakeTime, openSettableClock, type SettableClock } from "./settable-clock.ts";
import { findSmallDisk, openSmallDisk, type SmallDisk } from "./small-disk.ts";

/**
 * Everything outside the repository that any test needs. What a machine does not have, its tests
 * are skipped for, by name; in continuous integration they fail.
 */
export const parts = {
  postgres: {
    title: "PostgreSQL",
    use: "the durable store of several nodes, and what becomes of it while it is away",
    get: { debian: ["postgresql"] },
    ...server("postgres", "PORTCULLIS_TEST_POSTGRES", findPostgres),
  } satisfies Part<unknown, string>,
  redis: {
    title: "Redis",
    use: "limits, replay windows and provenance that several nodes share",
    get: { debian: ["redis-server"] },
    ...server("redis", "PORTCULLIS_TEST_REDIS", findRedis),
  } satisfies Part<unknown, string>,
  ownRedis: {
    title: "Redis of a test's own",
    use: "what becomes of requests while Redis is there and does not answer",
    get: { debian: ["redis-server"] },
    variable: "PORTCULLIS_TEST_REDIS_PROGRAM",
    find() {
      const place = process.env["PORTCULLIS_TEST_REDIS_PROGRAM"];
      return place === undefined ? findRedis() : { place };
    },
    open: openOwnRedis,
  } satisfies Part<string, OwnRedis>,
  redisCluster: {
    title: "A cluster of Redis",
    use: "limits, replay windows and provenance in a cluster, and while one of its nodes is replaced",
    get: { debian: ["redis-server", "redis-tools"] },
    variable: "PORTCULLIS_TEST_REDIS_CLUSTER_PROGRAM",
    find: findRedisPrograms,
    open: openRedisCluster,
  } satisfies Part<RedisPrograms, RedisCluster>,
  redisSentinel: {
    title: "Redis under a sentinel",
    use: "the same where a sentinel says which server serves, and while that one is replaced",
    get: { debian: ["redis-server"] },
    variable: "PORTCULLIS_TEST_REDIS_SENTINEL_PROGRAM",
    find: findRedis,
    open: openRedisSentinel,
  } satisfies Part<string, RedisSentinel>,
  chromium: {
    title: "Chromium",
    use: "the sign-in pages, the bank's web client and cross-origin rules in a real browser",
    get: { debian: ["chromium"] },
    variable: "PORTCULLIS_TEST_CHROMIUM",
    find: findChromium,
    open: openChromium,
  } satisfies Part<string, TestBrowser>,
  apache: {
    title: "Apache",
    use: "a certified OpenID client and resource server that others wrote",
    get: { debian: ["apache2", "libapache2-mod-auth-openidc"] },
    variable: "PORTCULLIS_TEST_APACHE",
    find: findApache,
    open: async (place, context) => openApache(place, context),
  } satisfies Part<ApachePlace, Apache>,
  haproxy: program(
    "haproxy",
    "HAProxy",
    "the PROXY protocol, as a proxy that others wrote sends it",
  ),
  settableClock: {
    title: "libfaketime",
    use: "what becomes of callers when somebody sets the machine's clock",
    get: { debian: ["libfaketime"] },
    variable: "PORTCULLIS_TEST_FAKETIME",
    find: findFakeTime,
    open: openSettableClock,
  } satisfies Part<string, SettableClock>,
  python3: program("python3", "Python 3", "how WSGI servers read the names of header fields"),
  bash: program("bash", "Bash", "what the command prints for it to complete words"),
  zsh: { ...program("zsh", "Zsh", "the same"), optional: true as const },
  fish: { ...program("fish", "Fish", "the same"), optional: true as const },
  php: {
    ...program("php", "PHP", "what PHP reads of a request that has passed the gate"),
    get: { debian: ["php-cli"] },
  } satisfies Part<string, string>,
  nginx: program(
    "nginx",
    "nginx",
    "a proxy that ends TLS, and which of its locations a request that has passed reaches",
  ),
  django: python(
    "Django under gunicorn",
    "what Django reads of a request that has passed the gate",
    ["django", "gunicorn"],
    ["python3-django", "gunicorn"],
  ),
  flask: python(
    "Flask under gunicorn",
    "what Flask reads of a request that has passed the gate, under two servers",
    ["flask", "gunicorn"],
    ["python3-flask", "gunicorn"],
  ),
  aiosmtpd: python(
    "aiosmtpd",
    "a mail server that others wrote, which takes the issuer's mail",
    ["aiosmtpd"],
    ["python3-aiosmtpd"],
  ),
  node24: {
    title: "Node 24",
    use: "the packages, as they are installed on the oldest line of Node that they may run on",
    get: "npm install --prefix <folder> --ignore-scripts=false node@24, and name its bin/node with PORTCULLIS_TEST_NODE24",
    optional: true as const,
    variable: "PORTCULLIS_TEST_NODE24",
    find: findNode24,
    open: (place) => Promise.resolve(place),
  } satisfies Part<string, string>,
  phones: packages("PORTCULLIS_TEST_PHONES", "react-native", {
    title: "The packages of a phone's app",
    use: "React Native, Expo and Hermes, in which the client runs as in an app",
    folder: "test/client/phones/packages",
  }),
  parse: packages("PORTCULLIS_TEST_PARSE", "parse-server", {
    title: "Parse Server and its SDK",
    use: "a mobile backend with a client of its own, as its apps use it",
    folder: "test/parse/packages",
  }),
  cedar: packages("PORTCULLIS_TEST_CEDAR", "@cedar-policy/cedar-wasm", {
    title: "Cedar",
    use: "a decision engine that others wrote, behind AuthZEN",
    folder: "test/decisions/packages",
  }),
  smallDisk: {
    title: "A small disk",
    use: "what becomes of records while the disk is full",
    get: "run the tests as root, where mounting a tmpfs is allowed",
    optional: true as const,
    variable: "PORTCULLIS_TEST_MOUNT",
    find: findSmallDisk,
    open: async (place, context) => openSmallDisk(place, context),
  } satisfies Part<string, SmallDisk>,
  suites: {
    title: "The folder of public test suites",
    use: "JSON, JSON Schema, OpenAPI, URL and JOSE cases that others published",
    get: "see CONTRIBUTING.md, and name it with PORTCULLIS_TEST_DATA",
    variable: "PORTCULLIS_TEST_DATA",
    find: findSuites,
    open: (place) => Promise.resolve(place),
  } satisfies Part<string, string>,
};

export type Parts = typeof parts;
export type PartName = keyof Parts;
/** What a test is given of a part: an address, a browser, a folder. */
export type PartValue<Name extends PartName> = Awaited<ReturnType<Parts[Name]["open"]>>;

/**
 * A server: the one whose address the variable holds, or a throw-away one of this run, which starts
 * when the first test asks for it.
 */
function server(
  name: ServerName,
  variable: string,
  findServer: () => Find<unknown>,
): Pick<Part<unknown, string>, "variable" | "find" | "open"> {
  const address = process.env[variable];
  return {
    variable,
    find: () => (address === undefined ? findServer() : { place: address }),
    open: () => (address === undefined ? askRun(name) : Promise.resolve(address)),
  };
}

/** A program that a test starts with arguments of its own; the test is given its path. */
function program(name: string, title: string, use: string): Part<string, string> {
  const variable = `PORTCULLIS_TEST_${name.toUpperCase()}`;
  return {
    title,
    use,
    get: { debian: [name] },
    variable,
    find() {
      const place = process.env[variable] ?? findProgram([name]);
      return place === undefined ? { missing: "is not installed" } : { place };
    },
    open: (place) => Promise.resolve(place),
  };
}

function findSuites(): Find<string> {
  const folder =
    process.env["PORTCULLIS_TEST_DATA"] ??
    join(import.meta.dirname, "..", "..", "..", "shared", "data");
  return existsSync(join(folder, "json-schema-test-suite"))
    ? { place: folder }
    : { missing: `is not at ${folder}` };
}
