import { problemCatalogue } from "@portcullis/guard/problems";
import { ok, route, type Route } from "../route.ts";

const text = { type: "string" };
const item = {
  type: "object",
  properties: {
    code: text,
    status: { type: "integer" },
    mode: { ...text, description: "The mode key that says whether it is enforced." },
    title: text,
    sentence: text,
  },
  required: ["code", "status", "mode", "title", "sentence"],
};

/** Every way in which the gate says no, as docs/problems.md tells it. */
export const problemRoutes = (): readonly Route[] => [
  route({
    method: "GET",
    path: "/problems",
    operationId: "listProblems",
    summary: "Every way in which the gate says no",
    needs: "viewer",
    answer: {
      status: 200,
      description: "The rows of the catalogue.",
      schema: { type: "array", items: item },
    },
    handle: () =>
      ok(
        [...problemCatalogue.values()].map(({ code, mode, sentence, status, title }) => ({
          code,
          status,
          mode,
          title,
          sentence,
        })),
      ),
  }),
];
