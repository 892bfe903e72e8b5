/** What a failed connection to the control plane means, and what to do about it. Pure. */

import { errorCode } from '../../base/error-code.ts';
import type { Stage } from '../../process/stages.ts';
import { Unreachable } from './transport.ts';

/** Explains what the HTTP client threw. System codes are quoted, its texts are not. */
export function explainControlPlaneFailure(error: unknown, peer: string, caFile: string): Unreachable {
  if (error instanceof Unreachable) return error;
  const code = errorCode(error) ?? 'no code';
  return new Unreachable(`connection ${code}`, `the control plane ${explain(code, peer, caFile)} (${code})`);
}

const WAY =
  "does a NetworkPolicy or a firewall drop packets, does the Service lead to a pod, and do the operator's pods run?";

const SILENT: Readonly<Record<Stage | 'body', string>> = {
  lookup:
    "cannot be looked up: DNS does not answer; does a NetworkPolicy drop packets to the cluster's DNS (port 53, UDP " +
    'and TCP), and do its pods run?',
  connect: `does not answer: packets to it vanish; ${WAY}`,
  handshake: `does not answer: it takes the connection, and nothing comes back of TLS; ${WAY}`,
  answer: `does not answer: the connection stands, and nothing comes back; ${WAY}`,
  body: 'begins to answer, and does not send all of it; is the way to it slow or cut, or the operator short of CPU?',
};

/** Explains what was given up because nothing came. It says neither yes nor no: the stage is all that is known. */
export function explainSilence(stage: Stage | 'body', peer: string): Unreachable {
  return new Unreachable(`connection silent at ${stage}`, `the control plane ${peer} ${SILENT[stage]}`);
}

function explain(code: string, peer: string, caFile: string): string {
  if (/^(ENOTFOUND|EAI_)/.test(code)) {
    return `${peer} cannot be found by that name: check --control-plane, and the cluster's DNS`;
  }
  if (code === 'ECONNREFUSED') return `${peer} refuses connections: is the operator running?`;
  if (code === 'ETIMEDOUT') return `${peer} ${SILENT.connect}`;
  if (/^(EHOSTUNREACH|ENETUNREACH)$/.test(code)) {
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
