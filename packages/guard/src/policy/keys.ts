import type { Fields, ReadFields } from "./object-shape.ts";

/**
 * The places of the policy file at which several parts of the program add keys of their own: the
 * file itself, each of `apis`, of `operations` and of `apps`, `identity`, and `identity.accessToken`.
 */
export const keyPlaces = ["root", "api", "operation", "app", "identity", "accessToken"] as const;
export type KeyPlace = (typeof keyPlaces)[number];

/** Keys that one part of the program adds, by place. */
export type PolicyKeys = { readonly [P in KeyPlace]?: Fields };

type KeysAt<K, P extends KeyPlace> = K extends { readonly [Q in P]: infer F } ? F : unknown;

/** An API of the policy, as far as these keys reach. */
export type ApiOf<K> = ReadFields<KeysAt<K, "api">>;
/** An entry of `operations`, as far as these keys reach. */
export type EntryOf<K> = ReadFields<KeysAt<K, "operation">>;
/** An app of the policy, as far as these keys reach. */
export type AppOf<K> = ReadFields<KeysAt<K, "app">>;
/** The setting `identity`, as far as these keys reach. */
export type IdentityOf<K> = ReadFields<KeysAt<K, "identity">> & {
  readonly accessToken?: ReadFields<KeysAt<K, "accessToken">>;
};

/** The policy, as far as these keys reach: a part of the program sees its own keys and no others. */
export type PolicyOf<K> = ReadFields<KeysAt<K, "root">> & {
  readonly apis: readonly ApiOf<K>[];
  readonly operations?: readonly EntryOf<K>[];
  readonly apps?: readonly AppOf<K>[];
  readonly identity?: IdentityOf<K>;
};

/**
 * All keys of the policy, gathered from those who add them.
 *
 * @throws Error when two parts claim one key: a rule of the one would be read as the other's
 */
export function gatherKeys(parts: readonly PolicyKeys[]): Record<KeyPlace, Fields> {
  const gathered = Object.fromEntries(keyPlaces.map((place) => [place, {}])) as Record<
    KeyPlace,
    Record<string, Fields[string]>
  >;
  for (const keys of parts) {
    for (const place of keyPlaces) {
      for (const [name, field] of Object.entries(keys[place] ?? {})) {
        if (Object.hasOwn(gathered[place], name))
          throw new Error(`the policy's key '${name}' (${place}) is claimed twice`);
        gathered[place][name] = field;
      }
    }
  }
  return gathered;
}
