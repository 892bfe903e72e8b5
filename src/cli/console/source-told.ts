/** One AuthenticationSource as the console shows it: by its status, which the operator has written. */

import { isJsonObject } from '../../base/json.ts';
import type { StoredSource } from '../../cluster/objects.ts';
import type { SourceTold } from '../../console/cluster-told.ts';
import type { OutsideView } from '../../coverage/view.ts';
import type { AuthenticationSourceKey } from '../../resources/types.gen.ts';
import { judgedSource } from '../cluster/judged.ts';
import { conditionsTold } from './conditions-told.ts';

export function sourceTold(source: StoredSource, { policies }: OutsideView): SourceTold {
  const { metadata, status } = source;
  const id = `${metadata.namespace}/${metadata.name}`;
  const { mark, reason, said } = judgedSource(source);
  const { effective, jwksURI, issuerError, keys = [], keyCount = keys.length } = status ?? {};
  const { keysChangedTime, keysLeftOut = [], bindings = [], bindingCount = bindings.length } = status ?? {};
  const configuration = effective ?? policies.source(id)?.effective;
  return {
    id,
    state: { mark, reason, said },
    conditions: conditionsTold(status?.conditions),
    configuration: isJsonObject(configuration) ? configuration : {},
    jwksURI: jwksURI ?? null,
    issuerError: issuerError === undefined ? null : { code: issuerError.code, message: issuerError.message },
    keys: keys.map(keyText),
    keyCount,
    keysChanged: keysChangedTime ?? null,
    keysLeftOut: keysLeftOut.map(
      ({ index, kid, problem }) => `key ${kid === undefined ? `at ${index}` : kid}: ${problem}`,
    ),
    bindings: bindings.map(({ namespace, name }) => `${namespace}/${name}`),
    bindingCount,
  };
}

const keyText = ({ kid, type, algorithm }: AuthenticationSourceKey): string =>
  [kid ?? 'without kid', type, algorithm].filter((part) => part !== undefined).join(' · ');
