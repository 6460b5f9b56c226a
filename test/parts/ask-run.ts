import { once } from "node:events";
import { connect } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { PartMissing } from "./part.ts";

/** Servers that a run of the tests starts for itself. */
export const serverNames = ["postgres", "redis"] as const;
export type ServerName = (typeof serverNames)[number];

/** What a test process says to its run, as one line of JSON. */
export type Question =
  | { readonly ask: "server"; readonly name: ServerName }
  /** Sent once when a file begins; the run ends the process when it takes too long. */
  | { readonly ask: "deadline"; readonly pid: number; readonly file: string };

export type ServerAnswer = { readonly url: string } | { readonly missing: string };

/** The variable with the path of the socket at which a run answers. */
export const runVariable = "PORTCULLIS_TEST_RUN";
export const socketOf = (runFolder: string): string => join(runFolder, "run.sock");

/**
 * The address of a throw-away server of this run, which starts it when it is first asked for.
 *
 * @throws PartMissing when the server does not start, or when the file was not started by a run
 */
export async function askRun(name: ServerName): Promise<string> {
  const path = process.env[runVariable];
  if (path === undefined) throw new PartMissing("is started by 'npm test -- <path of the file>'");
  const socket = connect(path);
  await once(socket, "connect");
  const question: Question = { ask: "server", name };
  socket.write(`${JSON.stringify(question)}\n`);
  const answer = JSON.parse(await text(socket)) as ServerAnswer;
  if ("missing" in answer) throw new PartMissing(answer.missing);
  return answer.url;
}
