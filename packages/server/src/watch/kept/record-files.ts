import { mkdirSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Engine } from "./engine.ts";
import { type FileKind, fileKinds } from "./tables.ts";

/** A file of records or counts: of one day or month, by one gate of those that run at once. */
export interface RecordFile {
  readonly kind: FileKind;
  /** `2026-11-22`, or `2026-11` of a month. */
  readonly period: string;
  /** The number of the gate. */
  readonly place: number;
  readonly path: string;
}

const form = /^(raw|minutes|hours)-(\d{4}-\d\d(?:-\d\d)?)\.(\d{1,2})\.(duckdb|sqlite)$/;
const unreadableForm = /\.unreadable(?:\.\w+)?$/;

/** Records lie in a folder; what is dropped is a file. */
export class RecordFiles {
  readonly folder: string;
  readonly #engine: Engine;

  constructor(folder: string, engine: Engine) {
    this.folder = folder;
    this.#engine = engine;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  }

  at(kind: FileKind, period: string, place: number): RecordFile {
    const name = `${kind}-${period}.${place}.${this.#engine.suffix}`;
    return { kind, period, place, path: join(this.folder, name) };
  }

  /** Those that there are, the newest period first. */
  all(kind?: FileKind): readonly RecordFile[] {
    return readdirSync(this.folder)
      .flatMap((name) => {
        const [, of, period, place, suffix] = form.exec(name) ?? [];
        if (of === undefined || suffix !== this.#engine.suffix) return [];
        if (kind !== undefined && of !== kind) return [];
        return [this.at(of as FileKind, period as string, Number(place))];
      })
      .sort((a, b) => (a.period < b.period ? 1 : a.period > b.period ? -1 : a.place - b.place));
  }

  /** How many were set aside and not taken away since. */
  get unreadable(): number {
    return readdirSync(this.folder).filter((name) => unreadableForm.test(name)).length;
  }

  /** Everything in the folder. */
  get bytes(): number {
    return readdirSync(this.folder).reduce((sum, name) => {
      const stat = statSync(join(this.folder, name), { throwIfNoEntry: false });
      return sum + (stat?.size ?? 0);
    }, 0);
  }

  drop({ path }: RecordFile): void {
    for (const suffix of ["", ...this.#engine.beside]) rmSync(`${path}${suffix}`, { force: true });
  }

  /**
   * First what stands in its log alone, so that what the file itself holds is not lost with it; if it
   * cannot be read still, the file.
   *
   * @returns whether there is anything left to try
   */
  setAside({ path }: RecordFile): boolean {
    const stamp = process.hrtime.bigint().toString(36);
    const logs = this.#engine.beside.filter((suffix) => exists(`${path}${suffix}`));
    for (const suffix of logs)
      renameSync(`${path}${suffix}`, `${path}${suffix}.unreadable.${stamp}`);
    if (logs.length > 0) return true;
    if (exists(path)) renameSync(path, `${path}.unreadable.${stamp}`);
    return false;
  }
}

const exists = (path: string): boolean => statSync(path, { throwIfNoEntry: false }) !== undefined;

export const tablesOf = ({ kind }: RecordFile) => fileKinds[kind];

export const dayMs = 86_400_000;
export const dayOf = (atMs: number): string => new Date(atMs).toISOString().slice(0, 10);
export const monthOf = (atMs: number): string => new Date(atMs).toISOString().slice(0, 7);

/** When a period begins, and when the next does. */
export function spanOf(period: string): { readonly fromMs: number; readonly toMs: number } {
  const [year = 0, month = 0, day] = period.split("-").map(Number);
  return {
    fromMs: Date.UTC(year, month - 1, day ?? 1),
    toMs: day === undefined ? Date.UTC(year, month) : Date.UTC(year, month - 1, day + 1),
  };
}
