/** One line of JSON on standard output for each request, with what the validator said of it. */

import { EXT_AUTHZ, METADATA_PREFIX } from './authorizer.ts';
import { type ConfigObject, extension } from './config.ts';
import { CLIENT_ADDRESS } from './headers.ts';

const decision = (name: string): string => `%DYNAMIC_METADATA(${EXT_AUTHZ}:${METADATA_PREFIX}${name})%`;

/** Values that are absent are null. The query is left out, for it may hold a token. */
export function accessLog(port: number): ConfigObject {
  return extension('envoy.access_loggers.stdout', 'extensions.access_loggers.stream.v3.StdoutAccessLog', {
    log_format: {
      json_format: {
        time: '%START_TIME%',
        method: '%REQ(:METHOD)%',
        host: '%REQ(:AUTHORITY)%',
        path: '%PATH(NQ:PATH)%',
        protocol: '%PROTOCOL%',
        port,
        client: CLIENT_ADDRESS,
        request_id: '%REQ(X-REQUEST-ID)%',
        status: '%RESPONSE_CODE%',
        status_details: '%RESPONSE_CODE_DETAILS%',
        flags: '%RESPONSE_FLAGS%',
        duration_ms: '%DURATION%',
        bytes_received: '%BYTES_RECEIVED%',
        bytes_sent: '%BYTES_SENT%',
        outcome: decision('outcome'),
        reason: decision('reason'),
        binding: decision('binding'),
        rule: decision('rule'),
        source: decision('source'),
        user: decision('user'),
        mcp_method: decision('mcp-method'),
        mcp_name: decision('mcp-name'),
      },
    },
  });
}
