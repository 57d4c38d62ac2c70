/** Places in a text: the server counts code points, the browser halves of some of them. */

export function unitsAt(text: string, position: number): number {
  let units = 0;
  for (const sign of text) {
    if (position <= 0) break;
    position -= 1;
    units += sign.length;
  }
  return units;
}
