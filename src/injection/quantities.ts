/** Kubernetes quantities: `100m`, `1.5`, `128Mi`, `1e3`. */

const QUANTITY =
  /^([0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:([eE][-+]?[0-9]{1,2})|(Ki|Mi|Gi|Ti|Pi|Ei|n|u|m|k|M|G|T|P|E)?)$/;

const FACTORS: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** Its value, or undefined for what is none, and for one that is not above zero. */
export function parseQuantity(text: string): number | undefined {
  const value = quantityOf(text);
  return value !== undefined && value > 0 ? value : undefined;
}

/** The same, where it may be zero. */
export function quantityOf(text: string): number | undefined {
  const [, digits, exponent = '', suffix = ''] = QUANTITY.exec(text) ?? [];
  return digits === undefined ? undefined : Number(`${digits}${exponent}`) * (FACTORS[suffix] ?? 1);
}

const MI = 2 ** 20;

/** No less than the value, in thousandths of a CPU or whole bytes. */
export function quantityText(kind: 'cpu' | 'memory', value: number): string {
  if (kind === 'memory') return value % MI === 0 ? `${value / MI}Mi` : `${Math.ceil(value)}`;
  // 0.1 + 0.2 is 0.30000000000000004.
  const thousandths = Math.ceil(Number((value * 1000).toPrecision(12)));
  return thousandths % 1000 === 0 ? `${thousandths / 1000}` : `${thousandths}m`;
}
