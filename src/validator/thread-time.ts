/** The time that this thread has computed. */

/** Milliseconds, without the pauses in which the system ran something else. */
export function threadTime(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}
