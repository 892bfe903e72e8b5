/** Why the process cannot start, in one line that completes "portcullis: …" and says what to do. */

export class StartError extends Error {
  /** The process's. */
  readonly exitCode: number = 1;
}

/** The command line itself is wrong. */
export class UsageError extends StartError {
  override readonly exitCode = 2;
}
