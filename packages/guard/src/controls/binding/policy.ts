import { optional } from "../../policy/object-shape.ts";
import { choice } from "../../policy/shape.ts";

export const keys = {
  accessToken: {
    nonce: optional(
      choice("when-needed", "required"),
      "Whether proofs must carry a nonce always, or only where the caller's clock is off.",
    ),
  },
};
