export const model = {
  paint: (count: number) => (count === 1 ? "Paint with 1 checkpoint" : `Paint with ${count} checkpoints`),
  empty: "Every checkpoint paints the same prompt from the same seed; choose the one you like.",
  noPrompt: "Say what to paint first.", noCheckpoint: "Tick at least one checkpoint.",
  checkpoints: "Checkpoints", all: "All", none: "None", seed: "Seed of the comparison",
  rest: (settings: string) => `Everything else is as in Compose: ${settings}.`,
  blind: "Hide the names until I choose", blindHint: "The pictures are shuffled, so that only they count.",
  letter: (letter: string) => `Picture ${letter}`, seconds: (seconds: number) => `${seconds.toFixed(1)} s`, memory: (gibibytes: number) => `${gibibytes.toFixed(2)} GB at most`,
  choose: "Choose", chosen: "Chosen", chose: (name: string) => `${name} paints from now on.`,
  round: (prompt: string, seed: string) => `${prompt} · seed ${seed}`,
  inUse: "In use",
};
