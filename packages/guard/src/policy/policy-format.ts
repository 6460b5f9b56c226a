import { type CoreKeys, coreKeys, unavailableKeys } from "./core-keys.ts";
import { gatherKeys, type PolicyKeys, type PolicyOf } from "./keys.ts";
import type { ModeKey } from "./mode-setting.ts";
import { type Fields, object, optional, required } from "./object-shape.ts";
import { list, type Shape } from "./shape.ts";

/** The policy file as a whole: what may stand in it, and where. */
export type PolicyFormat<K> = Shape<PolicyOf<K & CoreKeys>> & { readonly fields: Fields };

/**
 * Puts the policy's format together from the keys of controls and of the program around them. The
 * one table that results is the reader, the types, the JSON Schema and the reference page.
 */
export function composePolicy<K extends PolicyKeys>(
  parts: readonly PolicyKeys[],
  modeKeys: readonly ModeKey[],
): PolicyFormat<K> {
  const { accessToken, api, app, identity, operation, root } = gatherKeys([
    coreKeys(modeKeys),
    ...parts,
  ]);
  const shape = object(
    {
      ...root,
      apis: required(
        list(object(api), 1),
        "The APIs behind the gate, each an OpenAPI document with its backends.",
      ),
      identity: optional(
        object({
          ...identity,
          accessToken: optional(object(accessToken), "What access tokens are like."),
        }),
        "Who signs people in, and what their tokens are like.",
      ),
      apps: optional(
        list(object(app, unavailableKeys.app)),
        "The apps that call, by the names they give themselves.",
      ),
      operations: optional(
        list(object(operation, unavailableKeys.operation)),
        "Rules for operations. Later and closer entries win, key by key.",
      ),
    },
    unavailableKeys.root,
  );
  return shape as unknown as PolicyFormat<K>;
}
