/** The steps of a judgement, told while it happens; nothing is computed for it when nobody listens. */

/** In the contract's order of judgement. */
export type TraceStep =
  | 'binding'
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
