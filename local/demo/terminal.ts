/** Where the demo writes. */
export interface Terminal {
  print(line?: string): void;
  /** Shows what is being waited for, on a line that the next one replaces; only on a terminal. */
  progress(waitingFor: string): void;
}

const FRAMES = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
const CLEAR_LINE = "\r\x1b[2K";

/** The longest text of the line that moves: one that wraps could not be replaced. */
const LONGEST_PROGRESS = 74;

/** Writes lines, and between them, on a terminal, one that moves. */
export function createTerminal(
  write: (text: string) => void,
  { isTerminal }: { readonly isTerminal: boolean },
): Terminal {
  let frame = 0;
  let clear = "";
  return {
    print(line = "") {
      write(`${clear}${line}\n`);
      clear = "";
    },
    progress(waitingFor) {
      if (!isTerminal) return;
      clear = CLEAR_LINE;
      write(
        `${CLEAR_LINE}  ${FRAMES[frame++ % FRAMES.length]} ${
          waitingFor.slice(0, LONGEST_PROGRESS)
        }`,
      );
    },
  };
}
