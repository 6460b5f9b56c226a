// The process that keeps records: native code may end it, and nothing else with it.
import { CursorFault } from "../record-page.ts";
import { duckDbEngine } from "./duckdb-engine.ts";
import { DeadlineFault, type Engine, type EngineName } from "./engine.ts";
import { takePlace } from "./place.ts";
import { dayMs, RecordFiles } from "./record-files.ts";
import { RecordStore } from "./record-store.ts";
import { sqliteEngine } from "./sqlite-engine.ts";
import type {
  FromStore,
  StoreAnswer,
  StoreFault,
  StoreQuestion,
  ToStore,
} from "./store-messages.ts";

process.umask(0o077);

const tell = (message: FromStore): void => {
  // Whom it tells of has gone when the channel has.
  if (process.connected) process.send?.(message);
};
const say = (message: string): void => tell({ kind: "say", message });
const tidyEveryMs = 60_000;
const stateEveryMs = 2000;

async function engineOf(form: EngineName | undefined): Promise<Engine> {
  if (form === "sqlite") return sqliteEngine;
  try {
    return await duckDbEngine();
  } catch (fault) {
    const why = (fault as Error).message.split("\n", 1)[0];
    if (form === "duckdb") throw new Error(`DuckDB cannot be loaded (${why})`, { cause: fault });
    say(`DuckDB cannot be loaded (${why}): records are kept in SQLite, which is slower`);
    return sqliteEngine;
  }
}

class StoreProcess {
  readonly #store: RecordStore;
  /** Writing is one thing after the other; questions do not wait for it. */
  #writing: Promise<unknown> = Promise.resolve();
  #tidying: Promise<unknown> = Promise.resolve();
  #isClosing = false;
  #keptBytes = 0;
  #hour = -1;

  constructor(store: RecordStore) {
    this.#store = store;
    setInterval(() => this.#tidy(), tidyEveryMs);
    setInterval(() => this.#tellState(), stateEveryMs);
    this.#tidy();
  }

  take(message: ToStore): void {
    if (message.kind === "add") this.#inTurn(() => this.#add(message));
    else if (message.kind === "subjects")
      this.#inTurn(() => this.#store.addSubjects(message.day, message.subjects));
    else if (message.kind === "keep") this.#store.keep(message.keeping);
    else if (message.kind === "ask")
      void this.#answer(message.id, message.asked, message.deadlineMs);
    else if (message.kind === "close") this.close();
  }

  /** Once; what was taken before is kept. */
  close(): void {
    if (this.#isClosing) return;
    this.#isClosing = true;
    this.#inTurn(async () => {
      await this.#tidying;
      await this.#store.close();
      process.exit(0);
    });
  }

  #inTurn(work: () => Promise<unknown>): void {
    this.#writing = this.#writing.then(work).catch((fault: unknown) => say(inALine(fault)));
  }

  async #add({ first, lines }: Extract<ToStore, { kind: "add" }>): Promise<void> {
    try {
      const { unread } = await this.#store.add(Buffer.from(lines).toString(), first);
      tell({ kind: "added", first, unread });
    } catch (fault) {
      tell({ kind: "not-added", first, why: inALine(fault) });
      // A database that has lost its own state takes nothing more until it is opened anew.
      if (/database has been invalidated|FATAL/i.test((fault as Error).message)) process.exit(1);
    }
  }

  async #answer(id: number, asked: StoreQuestion, deadlineMs: number): Promise<void> {
    // What was sent before the question is found by it.
    await this.#writing;
    try {
      tell({ kind: "answer", id, answer: await this.#ask(asked, deadlineMs) });
    } catch (fault) {
      const kind: StoreFault =
        fault instanceof CursorFault
          ? "cursor"
          : fault instanceof DeadlineFault
            ? "deadline"
            : "fault";
      tell({ kind: "answer", id, answer: undefined, fault: { kind, message: inALine(fault) } });
    }
  }

  #ask(asked: StoreQuestion, deadlineMs: number): Promise<StoreAnswer> {
    if (asked.kind === "records") return this.#store.search(asked.question, deadlineMs);
    if (asked.kind === "series") return this.#store.series(asked.question, deadlineMs);
    if (asked.kind === "forecast") return this.#store.forecast(asked.question, deadlineMs);
    return this.#store.sealedSubject(asked.pseudonym, deadlineMs);
  }

  /** Beside the writing: a day's records are not counted while others wait to be kept. */
  #tidy(): void {
    this.#tidying = this.#tidying
      .then(async () => {
        const nowMs = Date.now();
        await this.#store.rollUp("minutes");
        const hour = Math.floor((nowMs % dayMs) / 3_600_000);
        if (hour !== this.#hour) await this.#store.rollUp("hours");
        this.#hour = hour;
        this.#keptBytes = await this.#store.tidy(nowMs);
        this.#tellState();
      })
      .catch((fault: unknown) => say(inALine(fault)));
  }

  #tellState(): void {
    tell({
      kind: "state",
      state: {
        residentBytes: process.memoryUsage.rss(),
        keptBytes: this.#keptBytes,
        unreadable: this.#store.files.unreadable,
      },
    });
  }
}

async function begin(message: Extract<ToStore, { kind: "open" }>): Promise<StoreProcess> {
  const { folder, form, keeping, run, setAside } = message;
  const engine = await engineOf(form);
  const files = new RecordFiles(folder, engine);
  const bad = files.all().find(({ path }) => path === setAside);
  if (bad !== undefined) {
    files.setAside(bad);
    say(`${bad.path} ends whoever opens it, and was set aside`);
  }
  const place = takePlace(folder, run);
  const reports = {
    opening: (path: string) => tell({ kind: "opening", path }),
    opened: () => tell({ kind: "opening", path: undefined }),
    say,
  };
  const opened = new StoreProcess(new RecordStore({ folder, engine, place, keeping, reports }));
  tell({ kind: "ready", run: place.run, form: engine.suffix });
  return opened;
}

const inALine = (fault: unknown): string =>
  (fault instanceof Error ? fault.message : String(fault)).replaceAll(/\s+/g, " ").slice(0, 300);

let opened: Promise<StoreProcess> | undefined;
process.on("message", (message: ToStore) => {
  if (message.kind === "open")
    opened = begin(message).catch((fault: unknown) => {
      tell({ kind: "failed", message: inALine(fault) });
      process.exit(1);
    });
  else void opened?.then((store) => store.take(message));
});
// The gate has ended, however it did: what it has sent is kept.
process.on(
  "disconnect",
  () =>
    void (opened ?? Promise.reject()).then(
      (store) => store.close(),
      () => process.exit(0),
    ),
);
// The gate decides when it ends; a terminal tells both of them.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => undefined);
