/** Ids drawn at random: 32 hex digits. `crypto.randomUUID` is missing where the page comes over plain HTTP from another machine. */
export function drawId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
