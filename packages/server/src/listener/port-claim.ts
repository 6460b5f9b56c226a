import { connect, createServer } from "node:net";
import { networkInterfaces } from "node:os";
import { setTimeout } from "node:timers/promises";

/** What a gate holds for as long as it serves on a port. */
export interface PortClaim {
  release(): void;
}

export interface ClaimOptions {
  readonly host: string;
  /** 0: whichever is free, which is nobody else's. */
  readonly port: number;
  /** Whether several gates may serve on it, all of which say so; never on some ports. */
  readonly share: boolean | "never";
  /** What to type to have another port. */
  readonly mend: string;
}

const heldByGate = "ERR_PORT_OF_A_GATE";
/** Whether a port could not be claimed because another gate serves on it. */
export const isHeldByGate = (fault: unknown): boolean =>
  (fault as NodeJS.ErrnoException).code === heldByGate;

const nothing: PortClaim = { release: () => undefined };
const answerWithinMs = 1000;
/** Gates that share a port, and start at once, hold the name for a moment each. */
const shareTries = 20;
const shareAgainMs = 100;

/**
 * Makes sure that nobody else serves on a port. Threads of one gate share theirs (SO_REUSEPORT), and
 * the kernel lets any other process of this user share it too: callers would reach either of two
 * policies by chance.
 *
 * Two things are asked. A name that only one process of the machine's network can hold at a time
 * tells gates from one another, also while one of them has no thread that listens; the kernel takes
 * it back whatever way the process ends, and a container has its own. And the port is opened for a
 * moment without sharing it, which no other listener allows, whoever it is and by which of the
 * machine's addresses.
 *
 * @throws Error in words for a person
 */
export async function claimPort(options: ClaimOptions): Promise<PortClaim> {
  const { host, mend, port, share } = options;
  if (port === 0) return nothing;
  const claim = await holdInTime(options);
  if (typeof claim === "string")
    throw Object.assign(
      new Error(
        `port ${port} on ${host} is already served by another gate (${claim}). Stop that one first,` +
          ` or ${mend}.${share === "never" ? "" : sharing}`,
      ),
      { code: heldByGate },
    );
  if (share === true) {
    // Of several that share, none may keep the name; who does not share, keeps it.
    claim.release();
    return nothing;
  }
  try {
    await openOnce(host, port);
    return claim;
  } catch (fault) {
    claim.release();
    throw portFault(fault as Error, options);
  }
}

const sharing = " Where two gates are to share the port, both say listen: { share: true }.";

async function holdInTime(options: ClaimOptions): Promise<PortClaim | string> {
  let claim = await holdOnce(options);
  const tries = options.share === true ? shareTries : 0;
  for (let count = 0; typeof claim === "string" && count < tries; count += 1) {
    await setTimeout(shareAgainMs);
    claim = await holdOnce(options);
  }
  return claim;
}

/** Who shares cannot open the port alone, to see whether somebody serves by another address. */
async function holdOnce(options: ClaimOptions): Promise<PortClaim | string> {
  const claim = await holdName(options);
  if (typeof claim === "string" || options.share !== true) return claim;
  const { host, port } = options;
  for (const other of overlapping(host)) {
    const holder = await holderOf(nameOf(other, port));
    if (holder === undefined) continue;
    claim.release();
    return holder;
  }
  return claim;
}

/** Addresses by which somebody else would get callers of this one. */
function overlapping(host: string): readonly string[] {
  const every = ["0.0.0.0", "::"];
  const own = every.includes(host)
    ? Object.values(networkInterfaces()).flatMap((all) => all?.map(({ address }) => address) ?? [])
    : [];
  return [...every, ...own].filter((other) => other !== host);
}

/** @returns what to say of a port that could not be opened */
export function portFault(
  fault: { readonly message: string; readonly code?: string | undefined },
  { host, mend, port }: Omit<ClaimOptions, "share">,
): Error {
  if (fault.code === "EADDRINUSE")
    return new Error(
      `port ${port} on ${host} is already served by another process. To see which:` +
        ` ss -ltnp 'sport = :${port}'. Stop it, or ${mend}.`,
    );
  if (fault.code === "EACCES")
    return new Error(
      `port ${port} may not be opened by this user. Choose one above 1023: ${mend}.`,
    );
  if (fault.code === "EADDRNOTAVAIL")
    return new Error(`${host} is no address of this machine, so that nobody can listen on it.`);
  return new Error(fault.message);
}

/** Names that begin with a zero byte are no files. Only Linux has them. */
const nameOf = (host: string, port: number): string =>
  `\0portcullis ${process.getuid?.() ?? ""} ${host} ${port}`;

/** @returns who holds the name, in words, where it is not ours now */
function holdName({ host, port }: ClaimOptions): Promise<PortClaim | string> {
  if (process.platform !== "linux") return Promise.resolve(nothing);
  const name = nameOf(host, port);
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.end(`process ${process.pid}`);
  });
  return new Promise((resolve) => {
    server.once("error", (fault: NodeJS.ErrnoException) => {
      if (fault.code !== "EADDRINUSE") resolve(nothing);
      else void holderOf(name).then((holder) => resolve(holder ?? silent));
    });
    server.listen(name, () => {
      server.unref();
      resolve({ release: () => void server.close() });
    });
  });
}

const silent = "a process that does not answer";

/** @returns who holds the name, as far as it says so in time; undefined where nobody does */
function holderOf(name: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    let text = "";
    const socket = connect(name).setEncoding("utf8");
    const end = (): void => {
      socket.destroy();
      resolve(/^process \d{1,10}$/.test(text) ? text : silent);
    };
    socket.setTimeout(answerWithinMs, end);
    socket.on("data", (part: string) => (text = (text + part).slice(0, 100)));
    socket.on("end", end);
    socket.on("error", () => resolve(undefined));
  });
}

function openOnce(host: string, port: number): Promise<void> {
  const server = createServer((socket) => socket.destroy());
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve()));
  });
}
