import { brotliDecompress, gunzip, inflate, zstdDecompress } from "node:zlib";

type Decode = (
  bytes: Buffer,
  options: { readonly maxOutputLength: number },
  done: (fault: Error | null, plain: Buffer) => void,
) => void;
const codings: ReadonlyMap<string, Decode> = new Map<string, Decode>([
  ["gzip", gunzip],
  ["x-gzip", gunzip],
  ["deflate", inflate],
  ["br", brotliDecompress],
  ["zstd", zstdDecompress],
]);

/**
 * Plain bytes of an answer that came encoded though plain ones were asked for, up to a bound: an
 * answer that unpacks further is a bomb, wherever it came from. Rejects when it cannot be unpacked.
 */
export function decodeBounded(bytes: Buffer, coding: string, mostBytes: number): Promise<Buffer> {
  const decode = codings.get(coding);
  if (decode === undefined)
    return Promise.reject(new Error(`the coding ${coding.slice(0, 40)} is not one the gate reads`));
  return new Promise((resolve, reject) => {
    decode(bytes, { maxOutputLength: mostBytes }, (fault, plain) =>
      fault === null
        ? resolve(plain)
        : reject(
            new Error(
              `it cannot be unpacked: ${(fault as NodeJS.ErrnoException).code ?? fault.message}`,
            ),
          ),
    );
  });
}
