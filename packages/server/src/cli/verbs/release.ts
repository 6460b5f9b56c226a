import type { shownRelease } from "../../admin/releases/releases.ts";
import { askAdmin } from "../ask-admin.ts";
import { directoryFlag, jsonFlag } from "../policy-flags.ts";
import { text } from "../sources.ts";
import { Misuse, tableLines, type Terminal } from "../terminal.ts";
import type { Command, Environment, Flags } from "../verb.ts";

export const flags = {
  at: { type: "string", help: "when it was, such as 2026-11-20T10:00:00Z (now)" },
  note: { type: "string", help: "what stands beside it on graphs" },
  found: { type: "boolean", help: "with list: also versions that were in use before" },
  admin: { type: "string", help: "the gate's admin address (http://127.0.0.1:9443)" },
  directory: directoryFlag,
  json: jsonFlag,
} satisfies Flags;

export const example = `portcullis release harbour-ios 3.5.0
       portcullis release list
       portcullis release withdraw harbour-ios 3.5.0`;
export const takes = "APP VERSION, or list, or withdraw APP VERSION";
export const mostWords = 3;

type Shown = ReturnType<typeof shownRelease>;

/** Tells the running gate that a version of an app was released, and what it knows of releases. */
export async function run(
  { values, words }: Command,
  _environment: Environment,
  terminal: Terminal,
): Promise<number> {
  const ask = <T>(path: string, change?: Parameters<typeof askAdmin>[3]): Promise<T> =>
    askAdmin(
      text(values["admin"]) ?? "http://127.0.0.1:9443",
      text(values["directory"]) ?? ".portcullis",
      path,
      change,
    );
  const say = (value: unknown, lines: string): void =>
    terminal.out(values["json"] === true ? JSON.stringify(value) : lines);
  const [first = "list", second, third] = words;
  if (first === "list" && second === undefined) {
    const query = values["found"] === true ? "?found=true" : "";
    const { items } = await ask<{ readonly items: readonly Shown[] }>(`/releases${query}`);
    say(items, items.length === 0 ? "No release is known." : tableOf(items));
    return 0;
  }
  const isWithdrawn = first === "withdraw" && third !== undefined;
  const [app, version] = isWithdrawn ? [second, third] : [first, second];
  if (app === undefined || version === undefined || (!isWithdrawn && third !== undefined))
    throw new Misuse(`say which version of which app.\nFor example: ${example}`);
  if (isWithdrawn) {
    const path = `/releases/${encodeURIComponent(app)}/${encodeURIComponent(version)}`;
    say(await ask(path, { method: "DELETE" }), `${app} ${version} is no release any more.`);
    return 0;
  }
  const [at, note] = [text(values["at"]), text(values["note"])];
  const body = {
    app,
    version,
    ...(at === undefined ? {} : { at }),
    ...(note === undefined ? {} : { note }),
  };
  const made = await ask<Shown>("/releases", { method: "POST", body });
  say(made, `${app} ${version} was released at ${made.at}.`);
  return 0;
}

const tableOf = (items: readonly Shown[]): string =>
  tableLines([
    ["AT", "APP", "VERSION", "KNOWN", "NOTE"],
    ...items.map(({ app, at, by, note = "", source, version }) => [
      at,
      app,
      version,
      by === undefined ? source : `${source} by ${by}`,
      note,
    ]),
  ]);
