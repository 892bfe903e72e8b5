/** The picture of rooms in docs/architecture.md, held against the house rules. */

/** Room → the rooms that it may import. */
export type Arrows = Readonly<Record<string, readonly string[]>>;

/** The arrows of the first mermaid block of a page. */
export function arrowsOf(page: string): Arrows {
  const block = /^```mermaid\n([\s\S]*?)^```$/m.exec(page)?.[1] ?? '';
  const arrows: Record<string, string[]> = {};
  for (const [, from = '', to = ''] of block.matchAll(/^\s*([a-z]+) --> ([a-z]+)$/gm)) {
    arrows[from] = [...(arrows[from] ?? []), to];
  }
  return arrows;
}

/** What the picture shows and the rules do not say, and the reverse; an arrow also stands for those behind it. */
export function differences(picture: Arrows, rules: Arrows): readonly string[] {
  const rooms = [...new Set([...Object.keys(picture), ...Object.keys(rules)])].sort();
  return rooms.flatMap((room) => {
    const [drawn, allowed] = [reachable(picture, room), reachable(rules, room)];
    return [
      ...[...drawn].filter((to) => !allowed.has(to)).map((to) => `${room} --> ${to} is against the rules`),
      ...[...allowed].filter((to) => !drawn.has(to)).map((to) => `${room} --> ${to} is missing`),
    ];
  });
}

function reachable(arrows: Arrows, from: string): ReadonlySet<string> {
  const found = new Set<string>();
  const visit = (room: string): void => {
    for (const to of arrows[room] ?? []) {
      if (found.has(to)) continue;
      found.add(to);
      visit(to);
    }
  };
  visit(from);
  return found;
}
