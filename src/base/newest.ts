/** Bounds maps and sets whose keys others choose: keeps the newest entries. */

/** Removes the entries that were put in first until `most` are left. */
export function keepNewest<K>(entries: Map<K, unknown> | Set<K>, most: number): void {
  // A new iterator over a map that has lost many entries is slow to start.
  if (entries.size <= most) return;
  for (const oldest of entries.keys()) {
    entries.delete(oldest);
    if (entries.size <= most) return;
  }
}
