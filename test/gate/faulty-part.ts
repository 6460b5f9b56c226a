/** What no part may do, and each does in the tests of faulty parts. */
export const boom = (): never => {
  throw new Error("a part has thrown");
};
