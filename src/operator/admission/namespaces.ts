/** For which namespaces the webhooks answer: those that their configurations do not exclude. */

import { type AdmissionDecision, refuse } from './decision.ts';
import type { AdmissionRequest } from './review.ts';

type Judge = (request: AdmissionRequest) => Promise<AdmissionDecision>;

/** No configuration of ours asks for any of these; such a request is not the API server's, or comes by another configuration. */
export interface Excluded {
  readonly namespaces: readonly string[];
  /** Namespaced mode: all but these. */
  readonly watched: readonly string[] | undefined;
}

export function within({ namespaces, watched }: Excluded, judge: Judge): Judge {
  return async (request) => {
    const { namespace, object, oldObject } = request;
    const isExcluded = namespaces.includes(namespace) || watched?.includes(namespace) === false;
    if (isExcluded) {
      return refuse(
        'Forbidden',
        `Portcullis judges nothing in namespace ${namespace}; correct the namespaceSelector of its webhook configurations`,
      );
    }
    const stray = [object, oldObject]
      .map((one) => namespaceOf(one))
      .find((one) => one !== namespace && one !== '');
    if (stray === undefined) return judge(request);
    return refuse('BadRequest', 'the object is of another namespace than the request');
  };
}

function namespaceOf(object: AdmissionRequest['object']): unknown {
  const { metadata } = object ?? {};
  return typeof metadata === 'object' && metadata !== null && 'namespace' in metadata
    ? metadata.namespace
    : '';
}
