import { raceKeepAlive } from "../../backend-answers/race-keep-alive.ts";

const requests = 1_000_000;

/** A million requests to a backend that closes kept connections at random. */
export async function keepAlive(): Promise<void> {
  const seed = Math.floor(Math.random() * 2 ** 31);
  const { 200: whole = 0, ...failed } = await raceKeepAlive(requests, seed);
  console.log(
    `seed ${seed}: ${whole} of ${requests} were answered; failed: ${JSON.stringify(failed)}`,
  );
}
