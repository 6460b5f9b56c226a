/** A secret of the program's own that must outlive the key that seals it. */
export interface SecretTable {
  /**
   * Keeps it unless one of this name is there, in one statement: nodes that start together use the
   * same. @returns the one that is kept
   */
  keepOnce(name: string, sealed: Uint8Array): Promise<Uint8Array>;
}
