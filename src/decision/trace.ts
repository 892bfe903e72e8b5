/** Reports the steps of a decision while it is made. Without a Trace no text is built. */

/** In the order in which a request is judged. */
export type TraceStep =
  | 'binding'
  | 'mcp'
  | 'path'
  | 'rule'
  | 'preflight'
  | 'credentials'
  | 'token'
  | 'source roles'
  | 'require'
  | 'answer';

/** Call it as `trace?.(step, finding)`: the finding's text is then built only when it is wanted. */
export type Trace = (step: TraceStep, finding: string) => void;
