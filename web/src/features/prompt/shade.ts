/** How strongly a token is shaded, in percent of ink: 12 at weight 1, more above, less below; ink stays readable on it. */
export function shade(weight: number): number {
  const by = weight >= 1 ? (weight - 1) * 40 : (weight - 1) * 20;
  return Math.round(Math.min(34, Math.max(2, 12 + by)));
}
