import { brotliCompress, constants, gzip, zstdCompress } from "node:zlib";

export type ContentCoding = "br" | "gzip" | "zstd";

const preferred: readonly ContentCoding[] = ["zstd", "br", "gzip"];
/** A shorter answer would hardly become smaller: the coding adds bytes of its own. */
const leastBytes = 1024;
const compressible =
  /^(?:application\/(?:[a-z0-9.+-]*\+)?(?:json|xml|javascript)|text\/[a-z0-9.+-]+)(?:;|$)/i;

/**
 * Whether the answer leaves encoded for who takes it. Not where it sets a cookie: a secret beside
 * text that an attacker chooses can be read from the lengths (BREACH), and one that is marked
 * `no-transform` is not ours to change.
 */
export function isEncodable(bytes: number, headers: readonly string[]): boolean {
  if (bytes < leastBytes) return false;
  let type = "";
  for (let index = 0; index < headers.length; index += 2) {
    const name = (headers[index] as string).toLowerCase();
    if (name === "content-type") type = headers[index + 1] as string;
    else if (name === "set-cookie" || name === "content-encoding") return false;
    else if (
      name === "cache-control" &&
      (headers[index + 1] as string).toLowerCase().includes("no-transform")
    )
      return false;
  }
  return compressible.test(type);
}

/** Which coding the caller takes; undefined for plain bytes. */
export function chooseCoding(acceptEncoding: string | undefined): ContentCoding | undefined {
  if (acceptEncoding === undefined) return undefined;
  const accepted = acceptEncoding.toLowerCase();
  return preferred.find((coding) => accepts(accepted, coding));
}

function accepts(accepted: string, coding: ContentCoding): boolean {
  for (const part of accepted.split(",")) {
    const [name = "", ...parameters] = part.split(";");
    if (name.trim() !== coding) continue;
    return !parameters.some((parameter) => /^\s*q=0(\.0{0,3})?\s*$/.test(parameter));
  }
  return false;
}

/**
 * Encodes outside the event loop. The levels are those that cost less time than they save on a
 * telephone's connection.
 */
export function encode(body: Buffer, coding: ContentCoding): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const done = (fault: Error | null, encoded: Buffer): void =>
      fault === null ? resolve(encoded) : reject(fault);
    if (coding === "gzip") gzip(body, { level: 5 }, done);
    else if (coding === "br")
      brotliCompress(
        body,
        {
          params: {
            [constants.BROTLI_PARAM_QUALITY]: 4,
            [constants.BROTLI_PARAM_SIZE_HINT]: body.length,
          },
        },
        done,
      );
    else zstdCompress(body, { params: { [constants.ZSTD_c_compressionLevel]: 3 } }, done);
  });
}
