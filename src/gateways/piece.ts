/** What `portcullis envoy-config` prints: pieces, each with a comment that says where it goes. */

import type { ConfigObject } from '../sidecar/config.ts';

/** Something to paste, and where. */
export interface Piece {
  /** Lines, without the mark of a comment. */
  readonly heading: readonly string[];
  /** A document of YAML, or lines in the gateway's own language, in which `#` begins a comment. */
  readonly document: ConfigObject | readonly string[];
}
