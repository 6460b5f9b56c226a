import { decodeJwt } from "jose";
import { memoryPlatform } from "../../packages/client/src/adapters/memory.ts";
import type { ClockPort, Platform, VaultPort } from "../../packages/client/src/ports.ts";
import { PortcullisClient, SignedOut } from "../../packages/client/src/portcullis-client.ts";
import { Browser, formTokenOf } from "../identity/browser.ts";
import { openDirectIssuer, type DirectIssuer } from "../identity/direct-issuer.ts";
import { password } from "../identity/identity-gate.ts";
import { randomOf } from "./losing-network.ts";

export interface SimulationOptions {
  readonly devices: number;
  readonly days: number;
  readonly store: string;
  readonly strictRotation: boolean;
  readonly seed: number;
}

export interface SimulationResult {
  readonly refreshes: number;
  readonly lostRequests: number;
  readonly lostAnswers: number;
  readonly kills: number;
  readonly signOuts: number;
  readonly incidents: number;
  /** Devices with another number than one of live refresh tokens at the end. */
  readonly wrongLeaves: number;
}

const hour = 3_600_000;
const refreshesADay = 10;
const lostRequestShare = 0.01;
const lostAnswerShare = 0.02;
const killShare = 0.02;

class Killed extends Error {}

/** One run of the app. Once it is killed, nothing that it still wanted happens. */
interface Process {
  readonly device: Device;
  /** Ends it at one of its next steps, when set. */
  fuse: number | undefined;
  dead: boolean;
}

interface Device {
  readonly platform: Platform;
  signedOut: boolean;
}

/**
 * Phones on a bad network, for some days of their own time: answers and requests are lost, apps are
 * killed between any two steps, up to three processes of an app wake at once, clocks are wrong, the
 * issuer is started again and changes its keys.
 */
export async function simulate(options: SimulationOptions): Promise<SimulationResult> {
  const random = randomOf(options.seed);
  const issuer = await openDirectIssuer({
    store: options.store,
    delayMs: 0,
    strictRotation: options.strictRotation,
  });
  const count = { refreshes: 0, lostRequests: 0, lostAnswers: 0, kills: 0 };
  const devices: Device[] = [];
  const hostile = (process: Process): typeof fetch =>
    (async (input: string, init: RequestInit) => {
      step(process);
      if (random() < lostRequestShare && connected) {
        count.lostRequests += 1;
        throw new TypeError("the request was lost");
      }
      const answer = await issuer.fetch(input, init);
      step(process);
      if (random() < lostAnswerShare && connected) {
        count.lostAnswers += 1;
        throw new TypeError("the answer was lost");
      }
      return answer;
    }) as typeof fetch;
  let connected = false;
  /** Between any two lines that touch the world outside, the system may end the app. */
  const step = (process: Process): void => {
    if (process.dead) throw new Killed();
    if (process.fuse === undefined || (process.fuse -= 1) > 0) return;
    count.kills += 1;
    process.dead = true;
    throw new Killed();
  };
  const clientOf = (process: Process): PortcullisClient => {
    const { platform } = process.device;
    const dying: Platform = {
      ...platform,
      fetch: hostile(process),
      vault: breakable(platform.vault, () => step(process)),
    };
    return new PortcullisClient(
      {
        issuer: issuer.origin,
        clientId: "notes-app",
        redirectUri: "com.notes.app:/signed-in",
        scopes: ["openid", "notes:read"],
      },
      dying,
    );
  };
  const unhurt = (device: Device): PortcullisClient =>
    clientOf({ device, fuse: undefined, dead: false });
  /** The app wakes and wants to call its API. */
  const wake = async (process: Process): Promise<void> => {
    try {
      const token = await clientOf(process).accessToken();
      if (process.dead) return;
      // The request that follows is seen at the gate, unless the network takes it.
      const { generation, sid } = decodeJwt(token) as { generation: number; sid: string };
      if (random() > 0.05) issuer.seen([[sid, generation]]);
    } catch (fault) {
      if (fault instanceof SignedOut) process.device.signedOut = true;
    }
  };

  /** One to three processes of the app wake at once; some of them will be killed. */
  const wakeProcesses = async (device: Device): Promise<void> => {
    const processes = random() < 0.1 ? 3 : 1;
    const before = await refreshTokenOf(device);
    await Promise.all(
      Array.from({ length: processes }, () =>
        wake({
          device,
          dead: false,
          fuse: random() < killShare ? 1 + Math.floor(random() * 9) : undefined,
        }),
      ),
    );
    if ((await refreshTokenOf(device)) !== before) count.refreshes += 1;
  };

  for (let index = 0; index < options.devices; index += 1) {
    const device = deviceOf(issuer, Math.round((random() * 2 - 1) * 10 * 60_000));
    await unhurt(device).signIn();
    devices.push(device);
  }
  connected = true;
  const events = options.days * refreshesADay;
  for (let event = 0; event < events; event += 1) {
    issuer.advance((24 * hour) / refreshesADay);
    if (event % 7 === 3) await issuer.restart();
    if (event % refreshesADay === 5) await issuer.rotateKeys();
    for (const device of devices) if (!device.signedOut) await wakeProcesses(device);
  }
  connected = false;
  const signedIn = devices.filter(({ signedOut }) => !signedOut);
  let wrongLeaves = 0;
  for (const device of signedIn)
    if ((await liveTokensOf(unhurt(device), issuer)) !== 1) wrongLeaves += 1;
  const incidents = issuer.incidents().length;
  const signOuts = devices.length - signedIn.length;
  issuer.close();
  return { ...count, signOuts, incidents, wrongLeaves };
}

/** How many refresh tokens of the client's session are live, before its next request is seen. */
async function liveTokensOf(client: PortcullisClient, issuer: DirectIssuer): Promise<number> {
  const { generation, sid } = decodeJwt(await client.accessToken()) as {
    generation: number;
    sid: string;
  };
  const live = await issuer.liveTokens(sid);
  issuer.seen([[sid, generation]]);
  return live;
}

/** A device whose clock is wrong by so much. */
function deviceOf(issuer: DirectIssuer, skewMs: number): Device {
  const clock: ClockPort = {
    now: () => issuer.now() + skewMs,
    monotonic: () => issuer.now(),
    sleep: () => Promise.resolve(),
  };
  const platform = memoryPlatform({ open: (url) => browse(issuer, url) }, { clock });
  return { platform, signedOut: false };
}

async function refreshTokenOf({ platform }: Device): Promise<string | undefined> {
  const entry = await platform.vault.read("session").catch(() => undefined);
  return entry === undefined
    ? undefined
    : (JSON.parse(entry.value) as { refreshToken?: string }).refreshToken;
}

function breakable(vault: VaultPort, step: () => void): VaultPort {
  return {
    async read(name) {
      step();
      return vault.read(name);
    },
    async compareAndSet(name, expected, value) {
      step();
      const written = await vault.compareAndSet(name, expected, value);
      step();
      return written;
    },
  };
}

async function browse(issuer: DirectIssuer, url: string): Promise<string | undefined> {
  const browser = new Browser(issuer);
  const first = await browser.follow(await browser.get(url), url);
  const sent = await browser.post(first.url, {
    form: formTokenOf(first.page ?? ""),
    intent: "password",
    email: issuer.email,
    password,
  });
  return (await browser.follow(sent, first.url)).left?.href;
}
