/** Where parts of a converted document were written. */
export class MovedPlaces {
  readonly #moved = new Map<string, readonly string[]>();

  note(to: readonly string[], from: readonly string[]): void {
    this.#moved.set(to.join("\n"), from);
  }

  /** The place as it was written; itself where nothing was moved. */
  origin(path: readonly string[]): readonly string[] {
    for (let length = path.length; length > 0; length -= 1) {
      const from = this.#moved.get(path.slice(0, length).join("\n"));
      if (from !== undefined) return [...from, ...path.slice(length)];
    }
    return path;
  }
}
