/** Which view is open, as the address behind `#` names it: names of objects alone, and nothing that a person has typed. */

export type ConsoleView =
  | { readonly view: 'overview' }
  | { readonly view: 'binding'; readonly name: string }
  | { readonly view: 'source'; readonly name: string }
  | { readonly view: 'live' }
  | { readonly view: 'explain' };

/** An address of no view leads to the overview. */
export function readView(hash: string): ConsoleView {
  const [, view = '', ...rest] = hash.split('/');
  const name = rest.map(decoded).join('/');
  switch (view) {
    case 'binding':
    case 'source':
      return name === '' ? { view: 'overview' } : { view, name };
    case 'live':
    case 'explain':
      return { view };
    default:
      return { view: 'overview' };
  }
}

export function hashOf(route: ConsoleView): string {
  switch (route.view) {
    case 'overview':
      return '#/';
    case 'binding':
    case 'source':
      return `#/${route.view}/${route.name.split('/').map(encodeURIComponent).join('/')}`;
    case 'live':
    case 'explain':
      return `#/${route.view}`;
  }
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
