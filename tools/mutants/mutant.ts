/** One line of the sources that keeps a guarantee, and how it could be wrong. */
export interface Mutant {
  /** From the root: packages/guard/src/... */
  readonly file: string;
  /** Stands in the file exactly once. */
  readonly find: string;
  readonly put: string;
  /** What would no longer hold, in a sentence. */
  readonly breaks: string;
  /** The files of tests that ought to notice, the narrowest there are. */
  readonly tests: readonly string[];
  /** Why nothing can tell the changed line from the line as it is; such a row is not run. */
  readonly equivalent?: string;
}

/** Thrown where a row no longer fits the sources: it would change nothing, or something else. */
export class RowFault extends Error {}

/**
 * The text of the row's file with the line changed.
 *
 * @throws RowFault where what the row looks for does not stand there exactly once
 */
export function mutate({ file, find, put }: Mutant, text: string): string {
  const count = text.split(find).length - 1;
  if (count !== 1)
    throw new RowFault(
      `${file} holds what a row of tools/mutants/rows looks for ${count} times, and not once:\n` +
        `${find}\nChange the row to the line that keeps the guarantee now.`,
    );
  if (find === put) throw new RowFault(`a row of ${file} changes nothing: ${find}`);
  return text.replace(find, () => put);
}
