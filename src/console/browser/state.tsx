/** How a binding or a source stands. */

import type { StateWord } from '../policy-in-force.ts';
import { Badge, Said } from './parts.tsx';

export function State({ standing }: { readonly standing: StateWord }) {
  return (
    <>
      <Badge tone={standing.good ? 'good' : standing.bad ? 'bad' : 'warn'} text={standing.word} />
      {standing.why !== undefined && (
        <small>
          <Said text={standing.why} longest={300} />
        </small>
      )}
    </>
  );
}
