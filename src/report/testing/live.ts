/** Live decisions at a clock that a test moves, and listeners that keep what they hear. */

import { manualClock } from '../../base/testing/manual-clock.ts';
import { type DecisionEvent, readStreamEvent } from '../decision-event.ts';
import { createLiveDecisions, type LiveFilter } from '../live.ts';

const ALL: LiveFilter = { binding: [], outcome: [], reason: [], rule: [], user: [] };

export function setUpLive() {
  const clock = manualClock();
  const live = createLiveDecisions({ clock, networkOf: (address) => address ?? '' });
  const listen = (filter: Partial<LiveFilter> = {}, isExplained = false) => {
    const texts: string[] = [];
    const state = { isReady: true, isEnded: false };
    const stop = live.listen(
      { ...ALL, ...filter },
      {
        isReady: () => state.isReady,
        write: (text) => void texts.push(text),
        end: () => {
          state.isEnded = true;
        },
      },
      isExplained,
    );
    const events = () => texts.filter((text) => text.startsWith('event: ')).map(parse);
    const heard = (): readonly DecisionEvent[] =>
      events().flatMap((event) => (event.kind === 'decision' ? [event.decision] : []));
    return { state, stop, texts, events, heard };
  };
  return { clock, live, listen };
}

function parse(text: string) {
  const [, name = '', data = ''] = /^event: ([a-z-]+)\ndata: ([^\n]*)\n\n$/.exec(text) ?? [];
  return readStreamEvent(name, JSON.parse(data));
}
