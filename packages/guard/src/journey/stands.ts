import type { Mode } from "../control.ts";
import { alwaysEnforced } from "../control.ts";
import type { Refusal } from "../refusal.ts";
import { rowOf } from "../refusal.ts";
import type { JourneyExchange, ModeTable } from "./step.ts";

/**
 * The one place where a refusal becomes an answer or only a line in the record. Steps say what they think; this says
 * whether it counts, by the mode of the refusal's control at this operation for this caller.
 */
export function stands(exchange: JourneyExchange, refusal: Refusal, modes: ModeTable): boolean {
  const { control } = rowOf(refusal);
  const mode: Mode = alwaysEnforced.has(control) ? "enforce" : modeOf(exchange, modes, control);
  if (mode === "off") return false;
  (exchange.decisions ??= []).push({ refusal, mode });
  if (mode !== "enforce") return false;
  exchange.refusal = refusal;
  return true;
}

export function modeOf(exchange: JourneyExchange, modes: ModeTable, control: keyof ModeTable): Mode {
  const { constant, decide } = modes[control];
  return constant ?? decide({
    address: exchange.address,
    user: exchange.user,
    device: exchange.device,
    client: exchange.client,
    tier: exchange.tier,
    appId: exchange.appId,
    appVersion: exchange.appVersion,
  });
}
