const pictures = (count: number): string => `${count} ${count === 1 ? "picture" : "pictures"}`;

export const queue = {
  cancel: "Cancel", clear: "Nothing waits. What you paint is made here, one after another.",
  drag: "Drag to another place, or press Alt+↑ and Alt+↓",
  ended: { done: "Finished", failed: "Failed", cancelled: "Cancelled" },
  earlier: "Earlier", first: "First", job: (number: number) => `Job ${number}`, later: "Later", left: (time: string) => `${time} left`,
  kinds: {
    txt2img: "From words", img2img: "From a picture", inpaint: "Inpainting", outpaint: "Beyond the edges", sd_upscale: "Enlarged and painted over",
    upscale: "Enlarging", detail: "Faces, painted anew", faces: "Faces, restored", adjust: "Adjustments",
  } as Record<string, string>,
  made: pictures, more: "Show more", moved: (number: number, place: number) => `Job ${number} is number ${place} of those that wait.`,
  open: "Open", over: "Ended", pause: "Pause", pauseHint: "Lets the running job end", pauseNow: "Pause now", pauseNowHint: "Stops after the step in hand, and goes on from there",
  paused: "Paused: nothing new begins.", pausedBecause: (reason: string) => `Paused: ${reason}`,
  preview: "What it looks like so far", priority: "Priority", priorityHint: "Higher ones come first",
  progress: (share: number) => `${share} %`, resume: "Go on", retry: "Try again", running: "Running", seconds: (time: string) => `took ${time}`,
  starting: "starting", step: (step: number, steps: number) => `step ${step} of ${steps}`, stopping: "stopping",
  summary: (running: number, waiting: number) => `${running} running, ${waiting} waiting`, waiting: "Waiting", waits: (place: number) => `${place}.`,
};
