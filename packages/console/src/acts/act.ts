import type { Role } from "../api/session.ts";

/** Something that can be pressed: it says what it reaches before, and how it is undone after. */
export interface Act {
  readonly id: string;
  /** A verb and its object: "Enforce for 3.4 and newer". */
  readonly name: string;
  readonly needs: Role;
  /** What it changes, and whom it reaches; may have to be asked for. */
  readonly reach: string | (() => Promise<string>);
  /** Prefilled; whoever presses may say it in their own words. */
  readonly why: string;
  readonly danger?: boolean;
  readonly command?: string;
  /**
   * What the thing at hand looked like when the act was offered. Where it looks otherwise when the
   * act is pressed, somebody else was faster, and it is asked again.
   */
  readonly seen?: () => Promise<string>;
  /** @returns what takes it back; undefined where nothing does */
  readonly run: (why: string) => Promise<Undo | undefined>;
}

export interface Undo {
  /** "Undo: login is enforced for everybody". */
  readonly name: string;
  readonly run: () => Promise<void>;
}
