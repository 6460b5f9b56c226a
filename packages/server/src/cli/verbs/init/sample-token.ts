import { createReadStream, existsSync } from "node:fs";
import { type PresetName, readSampleToken, type SampleToken } from "@portcullis/guard/tokens";
import { Misuse } from "../../terminal.ts";

const mostBytes = 64 * 1024;

/**
 * Reads one token from standard input (`-`) or a file, and takes it apart. Neither it nor a part of
 * it stands in a message: it may still be good.
 *
 * @throws Misuse with what to do where it is no signed token
 */
export async function readSample(
  from: string,
  preset: PresetName | undefined,
): Promise<SampleToken> {
  // What was named may be the token itself, so that it is not repeated.
  if (from !== "-" && !existsSync(from))
    throw new Misuse(
      "--token names no file. Give a file that holds one token, or - for standard input: on the command line, others on this machine can read it.",
    );
  const written = await readBounded(from === "-" ? process.stdin : createReadStream(from));
  const token = written.trim().replace(/^Bearer +/i, "");
  if (token === "") throw new Misuse("--token was given nothing to read.");
  const sample = readSampleToken(token, preset);
  if ("unread" in sample) throw new Misuse(insteadOfToken(token, sample.unread));
  return sample;
}

async function readBounded(stream: AsyncIterable<Uint8Array | string>): Promise<string> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of stream) {
    bytes += part.length;
    if (bytes > mostBytes) throw new Misuse(`--token is larger than ${mostBytes} bytes: no token.`);
    parts.push(Buffer.from(part));
  }
  return Buffer.concat(parts).toString();
}

function insteadOfToken(token: string, unread: string): string {
  const parts = token.split(".").length;
  const what =
    parts === 5
      ? "the token is encrypted (JWE), so that only its issuer can read it."
      : parts === 3
        ? `the token looks signed and is not read: ${unread}.`
        : "the token is not signed (no JWT): what it says is known only to who gave it out.";
  return [
    `${what} Nothing was written. Who calls is known in another way, as a source of identity.sources:`,
    "  introspect: { url: ... }                  where its issuer says what it is worth (RFC 7662)",
    "  whoami: { operation: ..., sub: /id }      where a GET of the backend answers who calls",
    "  from: { operation: ..., credential: /token, sub: /user/id }   where the backend's sign-in gives it out, which is learned",
    "docs/policy.md says how under 'Several sources of callers'. Without --preset and --token, init writes the rest.",
  ].join("\n");
}
