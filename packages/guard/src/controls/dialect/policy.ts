/** What it reads of the policy stands where the backends do: `apis[].upstream.dialect`. */
export const keys = {};
