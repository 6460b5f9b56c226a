// Written by npm run docs from the table of routes of the admin API: change it there.
export interface OperationsApi {
  /** What guards each operation as it is now, what came of it, and what stands open. */
  "GET /operations": {
    needs: "viewer";
    query: { "since"?: string; };
    body: undefined;
    answer: {
      readonly "from": string;
      readonly "to": string;
      readonly "isCounted": boolean;
      readonly "controls": readonly ({ readonly "key": string; readonly "sentence": string; readonly "isExact": boolean; })[];
      readonly "items": readonly ({
        readonly "name": string;
        readonly "place"?: string;
        readonly "tags": readonly (string)[];
        readonly "holes": readonly ("write-without-owner" | "sign-in-without-failure-limit" | "undeclared-answers")[];
        readonly "requests"?: number;
        readonly "refused"?: number;
        readonly "failed"?: number;
        readonly "p95Ms"?: number;
        readonly "hours"?: readonly (number)[];
        readonly "cells": Readonly<Record<string, {
          readonly "mode": "off" | "observe" | "enforce" | "staged";
          readonly "words": string;
          readonly "rule"?: string;
          readonly "observed": number;
          readonly "enforced": number;
        }>>;
      })[];
      readonly "missing"?: readonly (string)[];
    };
  };
}
