export const compose = {
  paint: (count: number) => (count === 1 ? "Paint 1 picture" : `Paint ${count} pictures`),
  empty: "Nothing painted yet. Say what to paint at the left, then press the amber button.",
  sheet: "Contact sheet", bar: "How to look",
  squint: "Squint", grey: "Greyscale", thirds: "Thirds",
  compare: "Compare", back: "Back to the sheet", sendTo: "Send to", more: "More like this", reuse: "Use its settings", trash: "Trash",
  repaint: "Paint the missing ones", retry: "Try again", failed: "This batch failed.",
  cell: (seed: string, rating: number, flag: string) => `Seed ${seed}${rating ? `, ${rating} of 5` : ""}${flag ? `, ${flag === "pick" ? "picked" : "rejected"}` : ""}`,
  batch: (prompt: string) => (prompt.trim() ? prompt : "Without a prompt"),
  settings: (sampler: string, steps: number, scale: number) => `${sampler} · ${steps} steps · CFG ${scale}`,
  took: (time: string) => `in ${time}`,
  pick: "Picked", reject: "Rejected", zoom: (percent: number) => `${percent} %`, fit: "Fit",
  keys: {
    rate: (stars: number) => (stars ? `Rate ${stars}` : "Take the rating away"), pick: "Pick", reject: "Reject", left: "Picture before", right: "Next picture",
    up: "Picture above", down: "Picture below", compare: "Compare side by side", send: "Send on to Inpaint", zoom: "One pixel for one pixel", more: "More like this",
    trash: "Into the trash", close: "Back to the sheet",
  },
  hires: {
    title: "Hires fix", on: "Second, larger pass", onHint: "Paints small first, then enlarges and paints over: large pictures without doubled subjects.",
    scale: "Enlarge by", upscaler: "Upscaler", steps: "Steps", stepsHint: "0 takes the steps of the first pass.", strength: "Denoising strength",
    latentHint: "A latent upscaler wants a strength above 0.5.", size: (width: number, height: number) => `${width} × ${height}`,
  },
  variation: {
    title: "Variation", on: "Mix in a second seed", onHint: "Pictures like the one of the seed above; how like is the strength.",
    needsSeed: "Set a seed above: with one at random every batch begins elsewhere.", seed: "Variation seed", strength: "Variation strength",
    effects: { same: "The very picture of the seed.", near: "Small changes: the same picture, otherwise.", akin: "A relative: the layout stays in places.", far: "Nearly another picture." },
  },
  tiling: "Tile", tilingHint: "Edges meet, for textures.",
};
