/** The thread in which pictures are adjusted: takes one question after another. */

import type { Answers, Question, Reply, Task, TimedPreview } from "./protocol";
import type { Pixels } from "./pixels";
import { isGeometry } from "./steps";
import { Workshop, type Preview } from "./workshop";

serve();

function serve(): void {
  let workshop: Workshop | undefined;

  const answer = async (task: Task): Promise<Answers[keyof Answers]> => {
    if (task.kind === "open") {
      workshop = undefined; // a picture that cannot be read must not leave the one before in its place
      workshop = new Workshop(await decode(task.file));
      return workshop.size;
    }
    if (!workshop) throw new Error("No picture is open.");
    return askWorkshop(workshop, task);
  };

  addEventListener("message", (event: MessageEvent<Question>) => {
    const { id, task } = event.data;
    answer(task).then(
      (found) => reply({ id, answer: found }),
      (error: unknown) => reply({ id, error: error instanceof Error ? error.message : String(error) }),
    );
  });
}

function askWorkshop(workshop: Workshop, task: Exclude<Task, { kind: "open" }>): Answers[keyof Answers] {
  switch (task.kind) {
    case "preview":
      return timed(() => workshop.preview(task.adjustments, task.frame));
    case "before":
      return timed(() => workshop.preview(task.adjustments.filter(isGeometry), task.frame));
    case "count":
      return task.lists.map((adjustments) => workshop.count(adjustments));
    case "findLevels":
      return workshop.findLevels(task.adjustments);
    case "render":
      return workshop.render(task.adjustments);
  }
}

function timed(make: () => Preview): TimedPreview {
  const begun = performance.now();
  const preview = make();
  return { ...preview, milliseconds: performance.now() - begun };
}

/** The file's own numbers: neither its colour profile nor its alpha may change them. */
async function decode(file: Blob): Promise<Pixels> {
  const bitmap = await createImageBitmap(file, { colorSpaceConversion: "none", premultiplyAlpha: "none" });
  const { width, height } = bitmap;
  const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  if (!context) throw new Error("This browser cannot draw in a worker.");
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  const { data } = context.getImageData(0, 0, width, height);
  return { width, height, channels: 4, data };
}

function reply(message: Reply): void {
  const pixels = "answer" in message ? pixelsOf(message.answer) : undefined;
  self.postMessage(message, { transfer: pixels ? [pixels.data.buffer] : [] });
}

function pixelsOf(answer: Answers[keyof Answers]): Pixels | undefined {
  if ("pixels" in answer) return answer.pixels;
  return "data" in answer ? answer : undefined;
}
