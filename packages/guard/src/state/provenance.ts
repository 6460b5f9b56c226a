/** Which objects' ids each caller was ever shown. */
export interface ProvenanceState {
  /**
   * @param caller whose share of the memory it takes @param names kind and id of each object, as
   * one text
   */
  note(caller: string, names: readonly string[]): void;
  /** Whether all of them were shown; undefined when the memory cannot be asked. */
  knows(
    caller: string,
    names: readonly string[],
  ): boolean | undefined | Promise<boolean | undefined>;
}
