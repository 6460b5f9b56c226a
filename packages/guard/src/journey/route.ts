import type { OperationTable } from "../document/operation-table.ts";
import { refuse, type Refusal } from "../facts/refusal.ts";
import type { Course } from "./course.ts";
import type { Exchange } from "./exchange.ts";
import { routeProblems } from "./problems.ts";

/** Operations by API version, each by its place among the courses. */
export type RouteTables = ReadonlyMap<string, OperationTable<number>>;

/** The courses that hold now. A change of modes puts others in their place. */
export interface Courses {
  /** In the order in which the operations were compiled. */
  readonly declared: readonly Course[];
  /** What no document names. */
  readonly undeclared: Course;
}

/**
 * Finds the operation, and sets the exchange on its course. What no document names goes on as the
 * undeclared operation, so that shadow endpoints show in the record before they are closed; the
 * refusal says what would be answered.
 */
export function findOperation(
  exchange: Exchange,
  tables: RouteTables,
  courses: Courses,
): Refusal | undefined {
  const { arrival, path, pathParameters, version } = exchange;
  exchange.routed = true;
  exchange.course = courses.undeclared;
  const table = version === undefined ? undefined : tables.get(version);
  // The version was refused, and only observed: there is no table to look in.
  if (table === undefined) return undefined;
  const found = table.match(arrival.method, path, pathParameters);
  const course = found === undefined ? undefined : courses.declared[found];
  if (course !== undefined) {
    exchange.course = course;
    return undefined;
  }
  const offered = table.methodsAt(path).join(", ");
  return offered === ""
    ? refuse(routeProblems["operation-unknown"], {
        detail: "no operation of any document matches",
      })
    : refuse(routeProblems["method-not-allowed"], {
        detail: `offered: ${offered}`,
        headers: [["Allow", offered]],
      });
}
