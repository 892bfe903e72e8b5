/** signature_invalid: whether one of the keys made the signature. */

import type { CredentialCheck } from '../../check.ts';
import type { CredentialProblem } from '../../verification.ts';
import { selectedKeys } from './keys.ts';
import type { SignedLook } from './look.ts';

export const SIGNATURE_INVALID: CredentialProblem = {
  reason: 'signature_invalid',
  detail: "The token's signature is not valid.",
};

export const SIGNATURE: CredentialCheck<Pick<SignedLook, 'signatureIsGood' | 'selection'>> = {
  problem: ({ signatureIsGood }) => (signatureIsGood ? undefined : SIGNATURE_INVALID),
  findings({ selection }, problem) {
    const { length } = selectedKeys(selection);
    const isOne = length === 1;
    if (problem === undefined)
      return [isOne ? "The signature is the key's" : `The signature is of one of the ${length} keys`];
    return [isOne ? "The signature is not the key's" : `The signature is of none of the ${length} keys`];
  },
};
