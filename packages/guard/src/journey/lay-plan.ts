import type { ModeRow } from "../facts/mode.ts";
import type { Stages } from "../facts/stage.ts";
import type { ModeKey } from "../policy/mode-setting.ts";
import type { OperationPlanOf } from "../policy/plan.ts";
import { laySwitches, type Switch } from "../policy/switches.ts";
import { compileModeRow } from "./compile-operation.ts";
import { type CompiledOperation, type Course, layCourse, type RunStep } from "./course.ts";
import type { Courses } from "./route.ts";

type OperationPlan = OperationPlanOf<Readonly<Record<string, unknown>>>;

export interface DeclaredOperation {
  readonly compiled: CompiledOperation;
  readonly plan: OperationPlan;
}

/** What of a compiled plan depends on the modes that hold. */
export interface LaidPlan {
  /** Steps that are taken before the operation is known. */
  readonly first: readonly RunStep[];
  readonly courses: Courses;
  /** The course of what the gate answers itself. */
  readonly gateItself: Course;
}

/** What courses are laid from, whatever the modes. */
export interface LayParts {
  readonly declared: readonly DeclaredOperation[];
  readonly undeclared: CompiledOperation;
  readonly undeclaredPlan: OperationPlan;
  readonly first: readonly RunStep[];
  readonly stages: Stages | undefined;
  readonly modeKeys: readonly ModeKey[];
}

/**
 * Lays the course of every operation under the modes of the policy and the switches over them.
 * Nothing is compiled: an operation takes some microseconds.
 */
export function layPlan(parts: LayParts, switches: readonly Switch[]): LaidPlan {
  const { declared, first, modeKeys, stages, undeclared, undeclaredPlan } = parts;
  const modesOf = ({ modes, name }: OperationPlan): ModeRow =>
    compileModeRow({ name, modes: laySwitches(name, modes, switches, modeKeys) }, stages);
  const undeclaredModes = modesOf(undeclaredPlan);
  return {
    first: first.filter(
      ({ mode }) => mode === undefined || undeclaredModes[mode]?.constant !== "off",
    ),
    courses: {
      declared: declared.map(({ compiled, plan }) => layCourse(compiled, modesOf(plan))),
      undeclared: layCourse(undeclared, undeclaredModes),
    },
    gateItself: layCourse({ ...undeclared, name: "(gate)", steps: [] }, undeclaredModes),
  };
}
