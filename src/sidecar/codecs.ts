/** How Envoy speaks HTTP to either side. */

import { type ConfigObject, extension } from './config.ts';

export const BUFFER_BYTES = 64 * 1024;

/** What either side may have under way that the other has not taken yet; Envoy's own limit is 256 times as much. */
export const WINDOWS: ConfigObject = {
  initial_stream_window_size: BUFFER_BYTES,
  initial_connection_window_size: 16 * BUFFER_BYTES,
};

/** Names keep their capitals in HTTP/1, and a status its words, as some old clients and apps want them. */
export const HEADERS_AS_SPELT: ConfigObject = {
  header_key_format: {
    stateful_formatter: extension(
      'preserve_case',
      'extensions.http.header_formatters.preserve_case.v3.PreserveCaseFormatterConfig',
      { forward_reason_phrase: true },
    ),
  },
};
