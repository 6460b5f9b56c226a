import { type PressurePort, pressureKey } from "@portcullis/guard/state";

/** Whom pressure is put on, and on which class of operations. */
export interface Pressed {
  readonly kind: "user" | "address";
  readonly value: string;
  readonly operations: string;
}

/** What was asked for cannot be, in words for a person. */
export class PressureFault extends Error {}

/** By the policy that serves at that moment. */
export interface PressureAt {
  readonly isAsked: boolean;
  /** How many times more a request costs at each step. */
  readonly steps: readonly number[];
  readonly port: PressurePort;
  /** What limits count an address by. */
  readonly networkOf: (address: string) => string;
}

const longestMs = 7 * 86_400_000;
const operationsForm = /^[a-z][a-z-]{0,39}$/;

/** Puts pressure on somebody by hand, and takes it back. Every node does so by itself. */
export class Pressing {
  readonly #at: () => PressureAt;

  constructor(at: () => PressureAt) {
    this.#at = at;
  }

  /** @throws PressureFault */
  raise(pressed: Pressed, forMs: number): { readonly step: number; readonly times: number } {
    const { isAsked, port, steps } = this.#at();
    if (!isAsked)
      throw new PressureFault("the policy has no 'pressure', so that nothing costs more by it");
    if (forMs > longestMs) throw new PressureFault("pressure lasts for seven days at most");
    const { step } = port.raise(this.#keyOf(pressed), pressed.operations, "operator", forMs);
    return { step, times: steps[step - 1] ?? 1 };
  }

  /** @returns whether there was any */
  lift(pressed: Pressed): boolean {
    return this.#at().port.lift(this.#keyOf(pressed), pressed.operations);
  }

  #keyOf({ kind, operations, value }: Pressed): string {
    if (value === "") throw new PressureFault("'value' says whom");
    if (!operationsForm.test(operations))
      throw new PressureFault("'operations' is read, write, or a role such as sign-in");
    return kind === "user"
      ? pressureKey(value, "")
      : pressureKey(undefined, this.#at().networkOf(value));
  }
}
