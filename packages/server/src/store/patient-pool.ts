import type { PostgresPool, PostgresPoolClient } from "kysely";
import pg from "pg";
import type { StoreState } from "./store-state.ts";

/**
 * SQLSTATE classes that speak of the server and not of the statement: connections, resources, an
 * operator who shuts it down, a server that only reads, its disk.
 */
const serverClasses = /^(08|53|57P|58|25006|XX)/;

/**
 * A pool that waits for an answer only so long. A connection that has not answered is closed: its
 * network may be gone, and it would never answer again.
 */
export function patientPool(
  pool: pg.Pool,
  state: StoreState,
  patienceMs: () => number,
): PostgresPool {
  return {
    async connect() {
      const client = await pool.connect().catch((fault: unknown) => {
        throw state.note(fault);
      });
      return patientClient(client, state, patienceMs);
    },
    end: () => pool.end(),
  };
}

function patientClient(
  client: pg.PoolClient,
  state: StoreState,
  patienceMs: () => number,
): PostgresPoolClient {
  let broken: Error | undefined;
  const query = async (text: string, values: readonly unknown[]): Promise<pg.QueryResult> => {
    if (broken !== undefined) throw state.note(broken);
    try {
      const answer = await within(client.query(text, [...values]), patienceMs());
      state.lost = undefined;
      return answer;
    } catch (fault) {
      if (fault instanceof pg.DatabaseError && !serverClasses.test(fault.code ?? "")) throw fault;
      broken = fault as Error;
      throw state.note(fault);
    }
  };
  return {
    query: query as unknown as PostgresPoolClient["query"],
    release: () => client.release(broken),
  };
}

function within<T>(answer: Promise<T>, patienceMs: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(
      () => reject(new Error(`no answer within ${patienceMs} ms`)),
      patienceMs,
    );
    answer.then(resolve, reject).finally(() => clearTimeout(late));
  });
}
