import type { Operation } from "../../document/api-document.ts";
import type { CoreKeys } from "../../policy/core-keys.ts";
import { closestOf, type EntryAt, type JoinContext } from "../../policy/join-context.ts";
import { readPointer } from "../../reading/json-pointer.ts";
import type { keys } from "./policy.ts";
import type { StepUpRule } from "./step-up.ts";

type Keys = typeof keys & CoreKeys;
type Setting = NonNullable<EntryAt<Keys>["entry"]["stepUp"]>;

export function planStepUp(
  entries: readonly EntryAt<Keys>[],
  operation: Operation | undefined,
  context: JoinContext,
): StepUpRule | undefined {
  const found = closestOf(entries, "stepUp");
  if (found === undefined) return undefined;
  const { acr, bound, device, when, within } = found.value;
  noteUnfit(found.value, operation, ["operations", String(found.index), "stepUp"], context);
  return {
    bound: bound === true,
    trustedDevice: device === "trusted",
    acr: acr ?? [],
    withinSeconds: within === undefined ? undefined : Math.round(within / 1000),
    when: when === undefined ? undefined : conditionOf(when),
  };
}

function noteUnfit(
  { acr, bound, device, when, within }: Setting,
  operation: Operation | undefined,
  place: readonly string[],
  { identified, note }: JoinContext,
): void {
  if (acr === undefined && within === undefined && bound !== true && device === undefined)
    note(place, "a step-up asks for nothing", {
      expected: "acr: NAME, within: 5m, bound: true or device: trusted",
    });
  if (!identified)
    note(place, "how strongly a caller signed in stands in its token, and no issuer is named", {
      expected: "identity: { issuer: https://..., audience: ... }",
    });
  if (when === undefined) return;
  if ("outside" in when && !isZone(when.zone ?? "UTC"))
    note([...place, "when", "zone"], `'${when.zone}' is no time zone`, {
      expected: "a name such as Europe/Amsterdam or UTC",
    });
  if ("body" in when && operation !== undefined && operation.requestBody === undefined)
    note([...place, "when"], `'${operation.key}' has no body to look into`);
}

function conditionOf(when: NonNullable<Setting["when"]>): NonNullable<StepUpRule["when"]> {
  if ("body" in when) return { pointer: readPointer(when.body), over: when.over };
  const [fromMinute = 0, toMinute = 0] = when.outside
    .split("-")
    .map((time) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3)));
  const zone = when.zone ?? "UTC";
  return { fromMinute, toMinute, zone: isZone(zone) ? zone : "UTC" };
}

function isZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: zone }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}
