// Written by npm run docs from the table of routes of the admin API: change it there.
export interface SeriesApi {
  /** Requests and decisions in counts, by time and by what tells them apart. */
  "GET /series": {
    needs: "viewer";
    query: { "from"?: string; "to"?: string; "operation"?: string; "code"?: "header-malformed" | "path-malformed" | "target-unsupported" | "method-unsupported" | "headers-too-large" | "framing-ambiguous" | "cleartext-refused" | "request-timeout" | "too-many-underway" | "header-undeclared" | "limit-exceeded" | "quota-used-up" | "concurrency-exceeded" | "limit-unknown" | "host-unknown" | "version-unknown" | "version-sunset" | "capacity-exceeded" | "deadline-passed" | "method-ambiguous" | "field-ambiguous" | "app-version-unsupported" | "app-unidentified" | "operation-switched-off" | "credential-missing" | "token-revoked" | "credential-malformed" | "credential-ambiguous" | "token-malformed" | "token-algorithm-refused" | "token-signature-invalid" | "token-key-unknown" | "token-type-mismatch" | "token-issuer-mismatch" | "token-audience-mismatch" | "token-expired" | "token-not-yet-valid" | "token-claims-invalid" | "token-outdated" | "api-key-invalid" | "certificate-invalid" | "session-invalid" | "sign-in-not-learned" | "exchange-refused" | "exchange-unavailable" | "caller-unknown" | "keys-unavailable" | "revocations-unknown" | "token-life-exceeded" | "token-unbound" | "bound-token-as-bearer" | "proof-missing" | "proof-invalid" | "proof-nonce-needed" | "proof-replayed" | "proof-memory-full" | "proof-memory-lost" | "certificate-mismatch" | "upgrade-refused" | "frame-malformed" | "message-not-text" | "object-not-yours" | "too-many-objects" | "owner-unknown" | "origin-refused" | "too-many-websockets" | "message-too-large" | "too-many-messages" | "websocket-idle" | "websocket-over" | "message-invalid" | "response-message-invalid" | "impersonation-malformed" | "impersonation-refused" | "impersonation-subject-refused" | "impersonation-ended" | "impersonation-operation-refused" | "impersonation-unavailable" | "usage-abnormal" | "step-up-needed" | "ids-unsealable" | "request-invalid" | "request-uncheckable" | "body-malformed" | "body-ambiguous" | "spelling-ambiguous" | "body-missing" | "body-undeclared" | "body-too-large" | "body-encoding-unsupported" | "media-type-unsupported" | "body-incomplete" | "response-invalid" | "response-undeclared" | "rule-missing" | "scope-insufficient" | "role-insufficient" | "client-refused" | "device-untrusted" | "step-missing" | "steps-unknown" | "property-forbidden" | "response-unreadable" | "answer-undeclared" | "operation-unknown" | "method-not-allowed" | "route-ambiguous" | "answer-unheld" | "upstream-unreachable" | "upstream-timeout" | "upstream-malformed" | "gate-fault"; "app"?: string; "appVersion"?: string; "outcome"?: "passed" | "refused" | "failed"; "mode"?: "enforce" | "observe"; "class"?: "1" | "2" | "3" | "4" | "5"; "step"?: "minute" | "hour" | "day" | "all"; "by"?: string; "durations"?: "true" | "false"; };
    body: undefined;
    answer: {
      readonly "items": readonly ({
        readonly "at": string;
        readonly "operation"?: string;
        readonly "app"?: string;
        readonly "appVersion"?: string;
        readonly "outcome"?: string;
        readonly "class"?: string;
        readonly "code"?: string;
        readonly "mode"?: string;
        readonly "requests": number;
        readonly "decided": number;
        readonly "durationMs"?: {
          readonly "p50"?: number;
          readonly "p95"?: number;
          readonly "p99"?: number;
        };
        readonly "upstreamMs"?: {
          readonly "p50"?: number;
          readonly "p95"?: number;
          readonly "p99"?: number;
        };
      })[];
      readonly "estimated": boolean;
      readonly "missing"?: readonly (string)[];
    };
  };
}
