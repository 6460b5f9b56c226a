import type { Keychain } from "./keychain.ts";

/** Of at most three bytes each in UTF-8, or of one where all are ASCII: below 2048 bytes. */
const sizeOf = (value: string): number => (/[^ -~\n]/.test(value) ? 640 : 1900);
const headForm = /^parts:([ab]):(\d{1,4})$/;

/**
 * A keychain for values of any length, over one whose entries are short. A long value lies in parts
 * beside the entry, and the entry says which parts are its own: it is written last, so that a
 * process that ends in between leaves the value that was there before.
 */
export function inParts(keychain: Keychain): Keychain {
  const partsOf = (name: string, head: string | null | undefined): readonly string[] => {
    const [, side = "", count = "0"] = headForm.exec(head ?? "") ?? [];
    return Array.from({ length: Number(count) }, (_none, index) => `${name}.${side}.${index}`);
  };
  const sweep = async (parts: readonly string[]): Promise<void> => {
    for (const part of parts) await keychain.remove(part);
  };
  return {
    async get(name) {
      const head = await keychain.get(name);
      if (!headForm.test(head ?? "")) return head;
      let value = "";
      for (const part of partsOf(name, head)) {
        const text = await keychain.get(part);
        if (text === null || text === undefined) return undefined;
        value += text;
      }
      return value;
    },
    async set(name, value) {
      const before = await keychain.get(name);
      const size = sizeOf(value);
      let head = value;
      if (value.length > size) {
        const side = headForm.exec(before ?? "")?.[1] === "a" ? "b" : "a";
        head = `parts:${side}:${Math.ceil(value.length / size)}`;
        for (const [index, part] of partsOf(name, head).entries())
          await keychain.set(part, value.slice(index * size, (index + 1) * size));
      }
      await keychain.set(name, head);
      await sweep(partsOf(name, before));
    },
    async remove(name) {
      const before = await keychain.get(name);
      await keychain.remove(name);
      await sweep(partsOf(name, before));
    },
  };
}
