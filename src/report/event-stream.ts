/** Reads a stream of server-sent events (HTML Living Standard, section 9.2), as far as validators write them. */

export interface RawEvent {
  readonly name: string;
  readonly data: string;
}

/** Characters of an event. A longer one is passed over. */
const MOST_EVENT = 256 * 1024;

/** Returns a function that takes text as it comes, and returns the events that it completes. */
export function eventReader(): (text: string) => readonly RawEvent[] {
  let rest = '';
  let isPassedOver = false;
  return (text) => {
    const blocks = (rest + text).split('\n\n');
    rest = blocks.pop() ?? '';
    const events = blocks.flatMap((block, i) => (isPassedOver && i === 0 ? [] : eventOf(block)));
    if (blocks.length > 0) isPassedOver = false;
    if (rest.length > MOST_EVENT) {
      isPassedOver = true;
      // Its last character may be the first of the two line breaks that end it.
      rest = rest.slice(-1);
    }
    return events;
  };
}

function eventOf(block: string): readonly RawEvent[] {
  let name = '';
  const data: string[] = [];
  for (const line of block.split('\n')) {
    if (line.startsWith('event: ')) name = line.slice('event: '.length);
    else if (line.startsWith('data: ')) data.push(line.slice('data: '.length));
  }
  return data.length === 0 ? [] : [{ name, data: data.join('\n') }];
}
