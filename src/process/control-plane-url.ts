/** Where the control plane is: https, since a token is shown there and secrets come from there. */

import { isLoopbackAddress } from './address.ts';

export type ParsedUrl =
  | { readonly kind: 'url'; readonly url: URL }
  /** Completes "--control-plane …". */
  | { readonly kind: 'refused'; readonly problem: string };

const refused = (problem: string): ParsedUrl => ({ kind: 'refused', problem });

/** Problems quote nothing of the text but the host: it could hold credentials. */
export function parseControlPlaneUrl(text: string): ParsedUrl {
  const url = URL.parse(text);
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:') || url.hostname === '') {
    return refused('must be a URL such as https://portcullis.portcullis-system.svc');
  }
  if (url.username !== '' || url.password !== '') {
    return refused('must not hold credentials: the token comes from a file');
  }
  if (url.search !== '' || url.hash !== '') return refused('must have neither query nor fragment');
  if (url.protocol === 'http:' && !isLoopbackAddress(url.hostname)) {
    return refused(
      `must be https:// for ${url.host}: over http:// only a loopback address such as 127.0.0.1 may be asked`,
    );
  }
  return { kind: 'url', url };
}
