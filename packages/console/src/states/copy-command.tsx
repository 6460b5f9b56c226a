import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Icon } from "./icon.tsx";
import { stateWords as words } from "../words/states.ts";

interface CopyCommandProps {
  readonly command: string;
  /** Whether the command itself stands there too. */
  readonly shown?: boolean;
  readonly name?: string;
  /** Where `name` alone does not say what is copied. */
  readonly label?: string;
}

const saysMs = 2000;

/** What the console shows, the command line shows too: by this command. */
export function CopyCommand({
  command,
  label,
  name = words.copyCommand,
  shown = false,
}: CopyCommandProps): JSX.Element {
  const [said, setSaid] = useState("");
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(command);
      setSaid(words.copied);
    } catch {
      // A browser may forbid it, and does over plain HTTP to another machine.
      setSaid(words.notCopied);
    }
    setTimeout(() => setSaid(""), saysMs);
  };
  return (
    <span class="copy-command">
      {shown ? <code tabIndex={0}>{command}</code> : null}
      <button
        type="button"
        class="quiet"
        title={command}
        aria-label={label}
        onClick={() => void copy()}
      >
        <Icon of="copy" /> {said === "" ? name : said}
      </button>
      <span class="unseen-text" role="status">
        {said}
      </span>
    </span>
  );
}
