import type { Gauge } from "../watch/prometheus.ts";
import type { DeliveryCounts } from "../watch/sinks/delivery.ts";
import type { AttackCounts } from "./attack-parts.ts";

/** What `/metrics` tells of detectors, incidents and notices. */
export const attackGauges = ({
  clockSet,
  faults,
  incidents,
  releases,
  responses,
  sinks,
}: AttackCounts): Gauge[] => {
  const notices = (state: keyof DeliveryCounts) =>
    Object.entries(sinks).map(([sink, counts]) => ({ labels: { sink }, value: counts[state] }));
  return [
    {
      name: "portcullis_incidents_open",
      help: "Incidents that are not closed, by severity.",
      type: "gauge",
      value: Object.entries(incidents).map(([severity, value]) => ({
        labels: { severity },
        value,
      })),
    },
    {
      name: "portcullis_release_time_seconds",
      help: "When the newest releases of apps were, in seconds since 1970.",
      type: "gauge",
      value: releases.map(({ app, atMs, version }) => ({
        labels: { app, app_version: version },
        value: atMs / 1000,
      })),
    },
    {
      name: "portcullis_responses_active",
      help: "What is done about incidents just now, by what it does.",
      type: "gauge",
      value: Object.entries(responses).map(([act, value]) => ({ labels: { act }, value })),
    },
    {
      name: "portcullis_notices_sent_total",
      help: "Notices that a sink has taken, by its host.",
      type: "counter",
      value: notices("taken"),
    },
    {
      name: "portcullis_notices_failed_total",
      help: "Notices that a sink would not take, by its host.",
      type: "counter",
      value: notices("failed"),
    },
    {
      name: "portcullis_notices_dropped_total",
      help: "Notices that had to wait too long behind others, by host.",
      type: "counter",
      value: notices("dropped"),
    },
    {
      name: "portcullis_notices_waiting",
      help: "Notices that wait for their sink, by its host.",
      type: "gauge",
      value: notices("waiting"),
    },
    {
      name: "portcullis_detector_faults_total",
      help: "Requests that a detector could not read.",
      type: "counter",
      value: faults,
    },
    {
      name: "portcullis_detector_clock_set_total",
      help: "Times the clock was set, so that everything that detectors had counted began anew.",
      type: "counter",
      value: clockSet,
    },
  ];
};
