/** A tool beside those of the demo: one that takes its time, and goes on as a test tells it to. */

import type { McpServer } from '@modelcontextprotocol/server';
import { text } from '../../dev/mcp.ts';

/** A call that is not over yet. */
export interface Watching {
  /** Tells the caller how far it has come. */
  tell(progress: number): Promise<void>;
  finish(): void;
  /** Once the server has heard that the caller wants no answer any more. */
  readonly cancelled: Promise<void>;
}

export interface Tools {
  readonly add: (server: McpServer) => void;
  /** The next call of `watch_file`, once it has come. */
  watched(): Promise<Watching>;
}

export function createTools(): Tools {
  let next = Promise.withResolvers<Watching>();
  return {
    add(server) {
      server.registerTool('watch_file', { description: 'Shows a file as it grows' }, async ({ mcpReq }) => {
        const { progressToken } = mcpReq._meta ?? {};
        const finished = Promise.withResolvers<void>();
        const cancelled = Promise.withResolvers<void>();
        mcpReq.signal.addEventListener('abort', () => {
          cancelled.resolve();
          finished.resolve();
        });
        next.resolve({
          tell: (progress) =>
            mcpReq.notify({ method: 'notifications/progress', params: { progressToken, progress } }),
          finish: finished.resolve,
          cancelled: cancelled.promise,
        });
        await finished.promise;
        return text('All of it.');
      });
    },
    watched() {
      next = Promise.withResolvers();
      return next.promise;
    },
  };
}
