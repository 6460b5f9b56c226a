/**
 * Where the parts of a JSON text stand, found when somebody asks. Only well-formed text may be
 * given: it was parsed before. Each object or list is passed over once, and remembered by its
 * members.
 */
export class JsonPositions {
  readonly #text: string;
  readonly #members = new Map<
    number,
    ReadonlyMap<string, { readonly key: number; readonly value: number }>
  >();

  constructor(text: string) {
    this.#text = text;
  }

  /**
   * The offset of the member's name, or of the list's element; the nearest ancestor's where it does
   * not exist.
   */
  offsetOf(path: readonly string[]): number {
    let value = this.#blank(0);
    let place = value;
    for (const key of path) {
      const member = this.#membersOf(value).get(key);
      if (member === undefined) return place;
      place = member.key;
      ({ value } = member);
    }
    return place;
  }

  #membersOf(at: number): ReadonlyMap<string, { readonly key: number; readonly value: number }> {
    const known = this.#members.get(at);
    if (known !== undefined) return known;
    const members = new Map<string, { key: number; value: number }>();
    this.#members.set(at, members);
    const text = this.#text;
    const list = text[at] === "[";
    if (!list && text[at] !== "{") return members;
    let next = this.#blank(at + 1);
    for (
      let index = 0;
      next < text.length && text[next] !== "]" && text[next] !== "}";
      index += 1
    ) {
      if (list) {
        members.set(String(index), { key: next, value: next });
        next = this.#blank(this.#end(next));
      } else {
        const nameEnd = this.#end(next);
        const value = this.#blank(this.#blank(nameEnd) + 1);
        members.set(JSON.parse(text.slice(next, nameEnd)) as string, { key: next, value });
        next = this.#blank(this.#end(value));
      }
      if (text[next] === ",") next = this.#blank(next + 1);
    }
    return members;
  }

  /** Behind the value that begins here. */
  #end(at: number): number {
    const text = this.#text;
    const first = text.charCodeAt(at);
    if (first === 0x22) return this.#stringEnd(at);
    if (first === 0x7b || first === 0x5b) return this.#nestedEnd(at);
    let index = at;
    while (index < text.length && !/[\s,\]}]/.test(text[index] as string)) index += 1;
    return index;
  }

  /** Behind the object or list that begins here. */
  #nestedEnd(at: number): number {
    const text = this.#text;
    let depth = 0;
    for (let index = at; index < text.length; index += 1) {
      const code = text.charCodeAt(index);
      if (code === 0x22) index = this.#stringEnd(index) - 1;
      else if (code === 0x7b || code === 0x5b) depth += 1;
      else if (code === 0x7d || code === 0x5d) {
        depth -= 1;
        if (depth === 0) return index + 1;
      }
    }
    return text.length;
  }

  #stringEnd(at: number): number {
    for (
      let close = this.#text.indexOf('"', at + 1);
      close !== -1;
      close = this.#text.indexOf('"', close + 1)
    ) {
      let slashes = 0;
      while (this.#text.charCodeAt(close - 1 - slashes) === 0x5c) slashes += 1;
      if (slashes % 2 === 0) return close + 1;
    }
    return this.#text.length;
  }

  #blank(at: number): number {
    let index = at;
    for (
      let code = this.#text.charCodeAt(index);
      code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
      code = this.#text.charCodeAt(index)
    )
      index += 1;
    return index;
  }
}
