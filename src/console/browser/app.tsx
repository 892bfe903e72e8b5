/** The frame around the views: where one is, and the way to the others. */

import { useEffect, useRef, useState } from 'preact/hooks';
import { type ConsoleView, hashOf, readView } from '../route.ts';
import { BindingView } from './binding.tsx';
import type { ConsoleData } from './data.ts';
import { type ExplainDraft, ExplainView } from './explain.tsx';
import { LiveView } from './live.tsx';
import { OverviewView } from './overview.tsx';
import { SourceView } from './source.tsx';

const VIEWS: readonly { readonly route: ConsoleView; readonly name: string }[] = [
  { route: { view: 'overview' }, name: 'Overview' },
  { route: { view: 'live' }, name: 'Live' },
  { route: { view: 'explain' }, name: 'Explain' },
];

/** Leads to no view, but into the one that is open. */
const CONTENT = '#content';

const DAY = '24h';
const SPANS = [
  { since: '1h', name: 'last hour' },
  { since: DAY, name: 'last 24 hours' },
] as const;

export function App({ data }: { readonly data: ConsoleData }) {
  const [route, setRoute] = useState(() => readView(location.hash));
  const [since, setSince] = useState<string>(DAY);
  const [draft, setDraft] = useState<ExplainDraft>();
  const open = useRef(route);
  const main = useRef<HTMLElement>(null);

  useEffect(() => {
    const onHash = (): void => {
      if (location.hash === CONTENT) history.replaceState(null, '', hashOf(open.current));
      open.current = readView(location.hash);
      setRoute(open.current);
      scrollTo(0, 0);
      // What a screen reader reads next is the new view.
      main.current?.focus();
    };
    addEventListener('hashchange', onHash);
    return () => removeEventListener('hashchange', onHash);
  }, []);
  useEffect(() => {
    document.title = `${titleOf(route)} · Portcullis`;
  }, [route]);

  const explain = (wanted: ExplainDraft): void => {
    setDraft(wanted);
    location.hash = hashOf({ view: 'explain' });
  };

  return (
    <>
      <a class="skip" href={CONTENT}>
        To the content
      </a>
      <header>
        <span class="brand">Portcullis</span>
        <nav aria-label="Views">
          {VIEWS.map(({ route: to, name }) => (
            <a key={name} href={hashOf(to)} aria-current={to.view === route.view ? 'page' : undefined}>
              {name}
            </a>
          ))}
        </nav>
        {(route.view === 'overview' || route.view === 'binding') && (
          <label class="span">
            <span class="unseen">Requests of the</span>
            <select value={since} onChange={({ currentTarget }) => setSince(currentTarget.value)}>
              {SPANS.map((span) => (
                <option key={span.since} value={span.since}>
                  {span.name}
                </option>
              ))}
            </select>
          </label>
        )}
      </header>
      <main id="content" ref={main} tabIndex={-1}>
        {route.view === 'overview' && <OverviewView data={data} since={since} />}
        {route.view === 'binding' && (
          <BindingView key={route.name} data={data} name={route.name} since={since} />
        )}
        {route.view === 'source' && <SourceView key={route.name} data={data} name={route.name} />}
        {route.view === 'live' && <LiveView data={data} onExplain={explain} />}
        {route.view === 'explain' && <ExplainView data={data} draft={draft} />}
      </main>
    </>
  );
}

function titleOf(route: ConsoleView): string {
  switch (route.view) {
    case 'overview':
      return 'Overview';
    case 'binding':
    case 'source':
      return route.name;
    case 'live':
      return 'Live';
    case 'explain':
      return 'Explain';
  }
}
