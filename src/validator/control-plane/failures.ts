/** What a failed connection to the control plane means, and what to do about it. Pure. */

import { errorCode } from '../../base/error-code.ts';
import { Unreachable } from './transport.ts';

/** Explains what the HTTP client threw. System codes are quoted, its texts are not. */
export function explainFailure(error: unknown, peer: string, caFile: string): Unreachable {
  if (error instanceof Unreachable) return error;
  const code = errorCode(error) ?? 'no code';
  return new Unreachable(`connection ${code}`, `the control plane ${explain(code, peer, caFile)} (${code})`);
}

function explain(code: string, peer: string, caFile: string): string {
  if (/^(ENOTFOUND|EAI_)/.test(code)) {
    return `${peer} cannot be found by that name: check --control-plane, and the cluster's DNS`;
  }
  if (code === 'ECONNREFUSED') return `${peer} refuses connections: is the operator running?`;
  if (/^(EHOSTUNREACH|ENETUNREACH|ETIMEDOUT)$/.test(code)) {
    return `${peer} cannot be reached: does a NetworkPolicy close the way to the operator, or is its node gone?`;
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return `${peer} shows a certificate for another name: use a name that stands in it in --control-plane`;
  }
  if (/^(CERT_HAS_EXPIRED|CERT_NOT_YET_VALID)$/.test(code)) {
    return `${peer} shows a certificate that is not valid now: is the clock of this machine right?`;
  }
  if (/^(SELF_SIGNED_CERT|DEPTH_ZERO_SELF_SIGNED|UNABLE_TO_|CERT_)/.test(code)) {
    return `${peer} shows a certificate that no authority in ${caFile} has signed`;
  }
  if (/^(ERR_SSL|ERR_TLS|ERR_OSSL|EPROTO$)/.test(code)) return `${peer} does not speak TLS as we do`;
  if (code.startsWith('HPE_')) return `${peer} does not answer in proper HTTP`;
  return `${peer} ended the connection before its answer was whole`;
}
