/** What may be used once: whoever comes second, on any thread or node, learns that it is spent. */
export interface ReplayState {
  /**
   * @param owner whose share of the memory it takes, such as a key's thumbprint
   * @param name unique for the owner
   * @param lifeSeconds how long it must be remembered
   * @returns `full` when the owner has used its share of the memory, and nothing was remembered
   */
  useOnce(owner: string, name: string, lifeSeconds: number): Once | Promise<Once>;
}

export type Once = "first" | "again" | "full";
