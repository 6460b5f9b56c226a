import { type ChildProcess, fork } from "node:child_process";
import type { EngineName } from "./engine.ts";
import type { Keeping } from "./record-store.ts";
import type { FromStore, ToStore } from "./store-messages.ts";

export interface StoreChildParts {
  readonly folder: string;
  readonly form: EngineName | undefined;
  readonly keeping: Keeping;
  readonly mostResidentBytes: number;
  readonly hangingMs: number;
  /** Who has lived for so long has begun well, and may be replaced for what it holds. */
  readonly leastLifeMs: number;
  readonly say: (message: string) => void;
  readonly onMessage: (message: FromStore) => void;
  readonly onReady: () => void;
  readonly onEnd: () => void;
  /** Whether something was sent that it has not answered. */
  readonly isWaiting: () => boolean;
}

const firstBackOffMs = 250;
const mostBackOffMs = 30_000;
/** For closing its files, where it is asked to go. */
const closingMs = 10_000;

/** The process that keeps records, and the next one when it has ended. */
export class StoreChild {
  readonly #parts: StoreChildParts;
  #keeping: Keeping;
  #process: ChildProcess | undefined;
  #run: number | undefined;
  #form: EngineName | undefined;
  #isReady = false;
  #isEnding = false;
  #isRetiring = false;
  #restarts = 0;
  #backOffMs = firstBackOffMs;
  #startedAt = 0;
  /** When it has last done something, and when it was last given something to do. */
  #heardAt = 0;
  #sentAt = 0;
  /** What it opens now, and where the one before it has ended. */
  #opening: string | undefined;
  #endedAt: string | undefined;
  #setAside: string | undefined;
  #again: NodeJS.Timeout | undefined;
  readonly #watch: NodeJS.Timeout;

  constructor(parts: StoreChildParts) {
    this.#parts = parts;
    this.#keeping = parts.keeping;
    this.#watch = setInterval(() => this.#look(), Math.min(1000, parts.hangingMs)).unref();
    this.#start();
  }

  get isReady(): boolean {
    return this.#isReady;
  }

  get form(): EngineName | undefined {
    return this.#form;
  }

  /** How often it was started after the first time. */
  get restarts(): number {
    return this.#restarts;
  }

  send(message: ToStore): void {
    // What is sent to a process that is just ending is lost with it, and sent again to the next.
    if (this.#process?.connected === true) this.#process.send(message, () => undefined);
    this.#sentAt = performance.now();
  }

  keep(keeping: Keeping): void {
    this.#keeping = keeping;
    this.send({ kind: "keep", keeping });
  }

  /** Ends it by force; the next goes on where it was. */
  replace(why: string): void {
    if (this.#process === undefined) return;
    this.#parts.say(`records: the process that keeps them is started anew: ${why}`);
    this.#process.kill("SIGKILL");
  }

  async end(withinMs: number): Promise<void> {
    this.#isEnding = true;
    clearInterval(this.#watch);
    clearTimeout(this.#again);
    const child = this.#process;
    if (child === undefined || child.exitCode !== null) return;
    this.send({ kind: "close" });
    await new Promise<void>((resolve) => {
      const late = setTimeout(() => child.kill("SIGKILL"), withinMs);
      child.once("exit", () => {
        clearTimeout(late);
        resolve();
      });
    });
  }

  #start(): void {
    const isSource = import.meta.url.endsWith(".ts");
    // It is told no secret: neither this process's environment nor its arguments.
    const child = fork(
      new URL(isSource ? "./store-process.ts" : "./store-process.js", import.meta.url),
      [],
      {
        serialization: "advanced",
        env: {},
        stdio: ["ignore", "ignore", "inherit", "ipc"],
      },
    );
    this.#process = child;
    this.#isRetiring = false;
    this.#startedAt = this.#heardAt = performance.now();
    child.on("message", (message: FromStore) => this.#hear(message));
    child.once("error", (fault) => this.#parts.say(`records: ${fault.message}`));
    child.once("exit", (code, signal) => this.#ended(signal ?? `code ${code}`));
    const { folder, form } = this.#parts;
    this.send({
      kind: "open",
      folder,
      form: form ?? this.#form,
      keeping: this.#keeping,
      run: this.#run,
      setAside: this.#setAside,
    });
    this.#setAside = undefined;
  }

  #hear(message: FromStore): void {
    // That it tells how it is does not mean that it gets on.
    if (message.kind !== "state") this.#heardAt = performance.now();
    if (message.kind === "ready") {
      this.#run = message.run;
      this.#form = message.form;
      this.#isReady = true;
      this.#parts.onReady();
    } else if (message.kind === "opening") this.#opening = message.path;
    else if (message.kind === "failed")
      this.#parts.say(`records cannot be kept: ${message.message}`);
    else this.#parts.onMessage(message);
    if (message.kind === "state") this.#retire(message.state.residentBytes);
  }

  /** Asks it to go because of what it holds; one that has just begun would be followed by its like. */
  #retire(residentBytes: number): void {
    const { leastLifeMs, mostResidentBytes, say } = this.#parts;
    const child = this.#process;
    if (child === undefined || residentBytes <= mostResidentBytes || this.#isRetiring) return;
    if (performance.now() - this.#startedAt < leastLifeMs) return;
    say(
      `records: the process that keeps them is started anew: it holds ${Math.round(residentBytes / 1e6)} MB`,
    );
    this.#isRetiring = true;
    this.send({ kind: "close" });
    setTimeout(() => child.kill("SIGKILL"), closingMs).unref();
  }

  #look(): void {
    const { hangingMs, isWaiting } = this.#parts;
    const lastAt = Math.max(this.#heardAt, this.#sentAt);
    if (performance.now() - lastAt < hangingMs || (this.#isReady && !isWaiting())) return;
    this.#heardAt = performance.now();
    this.replace("it does not answer");
  }

  #ended(how: string): void {
    this.#isReady = false;
    this.#process = undefined;
    this.#parts.onEnd();
    if (this.#isEnding) return;
    // Once may be anybody's kill; twice at the same file is the file.
    if (this.#opening !== undefined && this.#opening === this.#endedAt)
      this.#setAside = this.#opening;
    this.#endedAt = this.#opening;
    this.#opening = undefined;
    if (performance.now() - this.#startedAt > this.#parts.leastLifeMs)
      this.#backOffMs = firstBackOffMs;
    this.#parts.say(
      `records: the process that keeps them has ended (${how}), and is started again`,
    );
    this.#again = setTimeout(() => this.#start(), this.#backOffMs);
    this.#again.unref();
    this.#restarts += 1;
    this.#backOffMs = Math.min(this.#backOffMs * 2, mostBackOffMs);
  }
}
