/** What the coach line says: the two tutorials, a sentence a step. */

export const coach = {
  label: "Tutorial",
  portrait: "Take a picture from prompt to finish",
  apple: "Draw an apple",
  step: (at: number, of: number) => `${at}/${of}`,
  go: "Take me there",
  skip: "Next",
  end: "End the tutorial",
  finished: "That was the whole way. Everything you made is in the library.",
  steps: {
    subject: "Say what you want to see: a subject first, then a style. The lists below add words; the reading shows what each weighs.",
    model: "Paint the same words with every checkpoint, and choose the one whose hand you like.",
    batch: "Paint four at once with random seeds. Run again until one has a composition you like.",
    squint: "Squint: blur the sheet and see which one still reads. Pick it and send it to Inpaint.",
    repair: "Paint a mask over what is wrong, say what should be there, and try until it sits. Then accept.",
    enlarge: "Make it four times as large with R-ESRGAN 4x+. What is small and wrong is easier to mend before.",
    finish: "Set black and white points, bend the curve a little, crop, and export.",
    draw: "Choose a red, draw a rough apple: a round blob, a stem, a shadow. It need not be good.",
    paint: "Say that it is an apple. A strength of 0.75 follows your shapes and forgets your strokes. Paint four.",
    again: "Put the best one on the canvas, mend it with the brush, and go another round.",
  },
};
