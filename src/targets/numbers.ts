/** A number for each object: equal only for the very same one. */

/** Objects of equal content are mostly one: see `Sharing`. Where they are not, they have two numbers. */
export function createNumbers(): (object: object) => number {
  const numbers = new WeakMap<object, number>();
  let last = 0;
  return (object) => {
    const number = numbers.get(object) ?? last + 1;
    if (number > last) {
      last = number;
      numbers.set(object, number);
    }
    return number;
  };
}
