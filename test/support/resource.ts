/** A request for the metadata of a binding's resource, and what becomes of it. */

import type { Enforcer } from '../../src/decision/enforcer.ts';
import { decide, enforce, request } from './decide.ts';
import { bindingPolicy } from './policy.ts';

export const METADATA_PATH = '/.well-known/oauth-protected-resource/mcp';

export const withResource = (body = '{"resource":"https://api.example/mcp"}'): Enforcer =>
  enforce(
    bindingPolicy({
      resource: {
        audiences: ['https://api.example/mcp'],
        metadata: {
          host: 'api.example',
          path: METADATA_PATH,
          body,
        },
      },
    }),
  );

export const servedTo = (method: string) =>
  decide(withResource(), request({ method, pathAndQuery: METADATA_PATH }));

export const SERVED = servedTo('GET');
