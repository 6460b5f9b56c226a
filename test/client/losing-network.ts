import { connect, createServer, type Socket } from "node:net";
import type { AddressInfo } from "node:net";

export interface LosingNetwork {
  readonly port: number;
  /** Nothing is lost before this. */
  begin(): void;
  readonly lost: { requests: number; answers: number };
  close(): void;
}

export interface Losses {
  readonly requests: number;
  readonly answers: number;
  readonly seed: number;
}

/**
 * A network between an app and a gate that knows no HTTP: it passes bytes on, and breaks connections
 * when something has come from the app (which the gate then never sees) or from the gate (which the
 * app then never hears, though it was done).
 */
export async function losingNetwork(to: number, losses: Losses): Promise<LosingNetwork> {
  const random = randomOf(losses.seed);
  const lost = { requests: 0, answers: 0 };
  const open = new Set<Socket>();
  let begun = false;
  const server = createServer((near) => {
    const far = connect(to, "127.0.0.1");
    const end = (): void => void [near, far].map((socket) => socket.destroy());
    for (const socket of [near, far]) {
      open.add(socket);
      socket.on("error", end).on("close", () => (end(), open.delete(socket)));
    }
    const pass = (from: Socket, into: Socket, kind: "requests" | "answers"): void => {
      from.on("data", (bytes) => {
        if (begun && random() < losses[kind]) {
          lost[kind] += 1;
          end();
        } else into.write(bytes);
      });
    };
    pass(near, far, "requests");
    pass(far, near, "answers");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    begin: () => void (begun = true),
    lost,
    close() {
      server.close();
      for (const socket of open) socket.destroy();
    },
  };
}

/** Numbers that are the same in every run of the same seed. */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
