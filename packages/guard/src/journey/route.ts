import type { OperationTable } from "../document/operation-table.ts";
import { refuse, type Refusal } from "../facts/refusal.ts";
import type { Course } from "./course.ts";
import type { Exchange } from "./exchange.ts";
import { type Framings, takeOutOfFrame } from "./framing.ts";
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
  framings: Framings | undefined,
): Refusal | undefined | Promise<Refusal | undefined> {
  const { arrival, version } = exchange;
  exchange.routed = true;
  exchange.course = courses.undeclared;
  const table = version === undefined ? undefined : tables.get(version);
  // The version was refused, and only observed: there is no table to look in.
  if (table === undefined) return undefined;
  if (framings === undefined) return findByMethod(exchange, table, courses, arrival.method);
  const said = takeOutOfFrame(exchange, table, framings);
  return said instanceof Promise
    ? said.then((one) => findSaid(exchange, table, courses, one))
    : findSaid(exchange, table, courses, said);
}

/** The operation of the method that a POST stands for. What is not certain is what it came as. */
function findSaid(
  exchange: Exchange,
  table: OperationTable<number>,
  courses: Courses,
  said: string | undefined | Refusal,
): Refusal | undefined {
  if (typeof said === "string") return findByMethod(exchange, table, courses, said);
  const refusal = findByMethod(exchange, table, courses, exchange.arrival.method);
  return said ?? refusal;
}

function findByMethod(
  exchange: Exchange,
  table: OperationTable<number>,
  courses: Courses,
  method: string,
): Refusal | undefined {
  const { path, pathParameters } = exchange;
  const found = table.match(method, path, pathParameters);
  const course = found === undefined ? undefined : courses.declared[found.value];
  if (found === undefined || course === undefined)
    return nothingFound(path, method, table, courses);
  exchange.course = course;
  return found.takenFor === undefined
    ? undefined
    : refuse(routeProblems["route-ambiguous"], {
        detail: `the backend may take it for ${nameOf(found.takenFor, courses)} (upstream.dialect)`,
      });
}

function nothingFound(
  path: string,
  method: string,
  table: OperationTable<number>,
  courses: Courses,
): Refusal {
  const offered = table.methodsAt(path).join(", ");
  if (offered !== "")
    return refuse(routeProblems["method-not-allowed"], {
      detail: `offered: ${offered}`,
      headers: [["Allow", offered]],
    });
  const taken = table.spelledOtherwise(method, path);
  return refuse(routeProblems["operation-unknown"], {
    detail:
      taken === undefined
        ? "no operation of any document matches"
        : `no operation of any document matches; the backend may take it for ${nameOf(taken, courses)}`,
  });
}

const nameOf = (index: number, { declared }: Courses): string =>
  declared[index]?.operation.name ?? "another operation";
