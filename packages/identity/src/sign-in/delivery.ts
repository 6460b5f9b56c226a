const tries = 3;
/**
 * Mail is handed over after the page was answered, at a random moment: handing it over takes a
 * tenth of a millisecond, which can be measured from outside and tells whether there is an account.
 */
const leastWaitMs = 20;
const spreadMs = 100;

/** Whoever was asked has said no for good: asking again would be answered alike. */
export class Rejected extends Error {}

/**
 * Hands something over a little later, again when that fails, and says so once where it does not
 * succeed.
 *
 * @param hand hands one over, or throws
 * @param whom who it is handed to, for the message
 */
export function deliverLater<T>(
  hand: (message: T) => Promise<void>,
  whom: string,
  onTrouble: (message: string) => void,
): (what: string, message: T) => void {
  const deliver = async (what: string, message: T, attempt = 1): Promise<void> => {
    try {
      await hand(message);
    } catch (fault) {
      if (attempt === tries || fault instanceof Rejected)
        return onTrouble(`${what} could not be handed to ${whom}: ${(fault as Error).message}`);
      await new Promise((resolve) => setTimeout(resolve, 1000 * attempt));
      await deliver(what, message, attempt + 1);
    }
  };
  return (what, message) =>
    void setTimeout(() => void deliver(what, message), leastWaitMs + Math.random() * spreadMs);
}
