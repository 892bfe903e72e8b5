/** Reads samples out of a page of metrics (the text format of Prometheus). */

export interface MetricSample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const LABEL = /([A-Za-z_]\w*)="((?:[^"\\]|\\.)*)"/g;

/** The samples of one metric, in the page's order. */
export function samplesOf(page: string, metric: string): readonly MetricSample[] {
  return page.split('\n').flatMap((line) => {
    if (!line.startsWith(metric)) return [];
    const rest = line.slice(metric.length);
    if (!/^[{ ]/.test(rest)) return [];
    const end = rest.startsWith('{') ? rest.lastIndexOf('}') + 1 : 0;
    const value = Number(rest.slice(end).trim().split(' ')[0]);
    if (!Number.isFinite(value)) return [];
    const labels = [...rest.slice(0, end).matchAll(LABEL)].map(([, name = '', text = '']) => [
      name,
      text.replaceAll(/\\(.)/g, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped)),
    ]);
    return [{ labels: Object.fromEntries(labels), value }];
  });
}
