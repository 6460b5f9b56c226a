import {
  type CoreKeys,
  type GuardKeys,
  type PolicyFormat,
  type PolicyOf,
  policyFormat,
  type Settings,
} from "@portcullis/guard/policy";
import { identitySettings } from "@portcullis/identity/policy";
import { serverSettings } from "../settings/server.ts";

/** What the program adds to the gate's own keys of the policy. */
export const programSettings: readonly Settings[] = [serverSettings, identitySettings];

type ProgramKeys = typeof serverSettings.keys & typeof identitySettings.keys;

/** The policy file, whole. */
export type Policy = PolicyOf<GuardKeys & ProgramKeys & CoreKeys>;

/** The one table that is the policy's reader, its types, its JSON Schema and its reference page. */
export const programFormat: PolicyFormat<GuardKeys & ProgramKeys> = policyFormat<
  GuardKeys & ProgramKeys
>(programSettings);
