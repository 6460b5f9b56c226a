import type { JSX } from "preact";
import { usePlace } from "../../address/place.ts";
import { OperationDetail } from "./operation-detail.tsx";
import { OperationList } from "./operation-list.tsx";
import "./operations.css";

/** What guards this, what does it do, and what if I enforce? */
export function Operations(): JSX.Element {
  const [, name] = usePlace().parts;
  return name === undefined ? <OperationList /> : <OperationDetail key={name} name={name} />;
}
