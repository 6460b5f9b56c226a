/** What to do where a caller is described, and the policy believes nobody. */
export const noIssuer =
  "the policy names no issuer (identity), so that nobody can sign in and no token is looked at.\n" +
  "Add to the policy, and ask again:\n" +
  "  identity: { issuer: https://login.example.com, audience: https://api.example.com }";
