/** Folds paths as servers do that ignore case, or a slash at the end. */

/** Lower case, by Unicode's simple folding: letter by letter, none of which becomes two. */
export function fold(text: string): string {
  if (/^[\0-\x7f]*$/.test(text)) return text.toLowerCase();
  // Letters of two units never become more or fewer, whatever is beside them.
  return foldUnits(text.replace(/[\ud800-\udfff]+/g, (letters) => letters.toUpperCase().toLowerCase()));
}

/** The folded letter of each code unit; 0 = not looked up yet, which costs much more than to remember it. */
const known = new Uint16Array(0x10000);

function foldUnits(text: string): string {
  let folded = '';
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    known[unit] ||= foldLetter(String.fromCharCode(unit)).charCodeAt(0);
    folded += String.fromCharCode(known[unit] ?? unit);
  }
  return folded;
}

/**
 * Upper case first: U+017F (long s) and U+212A (Kelvin sign) then meet s and k. U+0130 (I with a dot) is i to
 * Java and Go, while JavaScript makes two letters of it.
 */
function foldLetter(letter: string): string {
  if (letter === '\u0130') return 'i';
  const upper = letter.toUpperCase();
  const lower = (isOneLetter(upper) ? upper : letter).toLowerCase();
  return isOneLetter(lower) ? lower : letter;
}

function isOneLetter(text: string): boolean {
  return text.length === 1 || Array.from(text).length === 1;
}

/** The root keeps its slash. */
export function withoutTrailingSlash(path: string): string {
  let end = path.length;
  while (end > 1 && path.charCodeAt(end - 1) === 0x2f) end--;
  return end === path.length ? path : path.slice(0, end);
}
