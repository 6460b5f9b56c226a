export const severityWords = {
  info: "info",
  low: "low",
  medium: "medium",
  high: "high",
  critical: "critical",
};
