import { existsSync, writeFileSync } from "node:fs";
import { relative, resolve } from "node:path";
import { readOpenApi } from "@portcullis/guard/documents";
import { presetNames } from "@portcullis/guard/tokens";
import { proposePolicy } from "../../policy/propose-policy.ts";
import { proposeSource } from "../../policy/propose-source.ts";
import { chooseSource } from "./init/chosen-source.ts";
import { jsonFlag, openapiFlag, upstreamFlag } from "../policy-flags.ts";
import type { Command, Environment, Flags } from "../verb.ts";
import { list, text } from "../sources.ts";
import { faultLines, Misuse, type Terminal } from "../terminal.ts";

export const flags = {
  openapi: openapiFlag,
  upstream: upstreamFlag,
  out: { type: "string", help: "the file to write (portcullis.yaml)", completes: "file" },
  preset: {
    type: "string",
    help: "how the issuer's tokens look, such as keycloak (with --issuer, --audience)",
    completes: presetNames,
  },
  issuer: { type: "string", help: "who signs the tokens, as it stands in iss" },
  audience: {
    type: "string",
    help: "for whom tokens must be (aud), or which client's, where they have no aud",
  },
  token: {
    type: "string",
    help: "a file with one sample token (- for standard input), whose shape names the source",
    completes: "file",
  },
  json: jsonFlag,
} satisfies Flags;

export const example = "portcullis init --openapi openapi.yaml --upstream http://127.0.0.1:4000";

/** Writes a first policy. Never over one that is there. */
export async function run(
  command: Command,
  _environment: Environment,
  terminal: Terminal,
): Promise<number> {
  const { values } = command;
  const files = list(values["openapi"]);
  const [upstream] = list(values["upstream"]);
  if (files.length === 0 || upstream === undefined)
    throw new Misuse(`init needs the document and the backend.\nFor example: ${example}`);
  const out = text(values["out"]) ?? "portcullis.yaml";
  if (existsSync(out))
    throw new Misuse(
      `${out} is already there, and is not written over. Choose another with --out, or remove it.`,
    );
  const read = files.map((file) => readOpenApi(resolve(file)));
  const faults = read.flatMap((one) => one.faults);
  if (faults.length > 0) terminal.error(faultLines(faults));
  const documents = read.flatMap(({ document }) => (document === undefined ? [] : [document]));
  if (documents.length < files.length)
    throw new Misuse("Nothing is proposed from a document that is not understood.");
  const chosen = await chooseSource(command);
  const { policy, proposals } = proposePolicy(
    documents.map((document, index) => ({
      document,
      file: relativeTo(out, files[index] as string),
    })),
    upstream,
    chosen === undefined ? undefined : proposeSource(chosen.source),
  );
  writeFileSync(out, policy, { flag: "wx" });
  if (values["json"] === true)
    terminal.out(JSON.stringify({ file: out, proposals, source: chosen?.source }));
  else
    terminal.out(
      [
        ...(chosen === undefined ? [] : [...chosen.told, ""]),
        `Wrote ${out} with ${proposals.length} proposals. Everything is observed; nothing is refused yet.`,
        "",
        "Next:",
        `  portcullis check --config ${out}`,
        `  portcullis up --config ${out}`,
      ].join("\n"),
    );
  return 0;
}

function relativeTo(out: string, file: string): string {
  const path = relative(resolve(out, ".."), resolve(file));
  return path.startsWith(".") ? path : `./${path}`;
}
