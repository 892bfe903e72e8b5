/** Ties the life of a process to that of this one. */
import { spawn } from 'node:child_process';

export interface Leash {
  cut(): void;
}

/**
 * Kills the process when this one has ended, however that came about: nobody else holds the pipe that is read.
 *
 * @param mark stands in its command line: by then another process may have its number.
 */
export function leash(pid: number, mark: string): Leash {
  const script = `cat >/dev/null; grep -qs ${mark} /proc/${pid}/cmdline && kill -KILL ${pid}`;
  const watchdog = spawn('sh', ['-c', script], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
    cwd: '/',
  });
  watchdog.unref();
  return {
    cut() {
      if (watchdog.pid !== undefined) process.kill(-watchdog.pid, 'SIGKILL');
    },
  };
}
