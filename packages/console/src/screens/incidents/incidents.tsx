import type { JSX } from "preact";
import { usePlace } from "../../address/place.ts";
import { IncidentDetail } from "./incident-detail.tsx";
import { IncidentList } from "./incident-list.tsx";
import "./incidents.css";

/** What happened, to whom, and what do I press? */
export function Incidents(): JSX.Element {
  const [, id] = usePlace().parts;
  return id === undefined ? <IncidentList /> : <IncidentDetail key={id} id={id} />;
}
