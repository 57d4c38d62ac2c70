/** The composition root: builds what the page knows, and the few acts that touch several parts of it. */

import { drawId } from "../api/ids";
import { ApiError, Unreachable } from "../api/client";
import { getEntry, getStory, markPictures, trashPictures, restorePictures, type Marks } from "../api/pictures";
import { submitJob } from "../api/jobs";
import { submitWorkflow, type Workflow } from "../api/workflows";
import type { Job, Request } from "../api/types";
import { words } from "../words/en";
import { Coach } from "./coach.svelte";
import { Connection } from "./connection.svelte";
import { Draft } from "./draft.svelte";
import { PEN } from "./drawing.svelte";
import { openDrafts, settingsOf, type Drafts, type Painting } from "./drafts";
import { Enclosures, Lost, type Enclosure } from "./enclosures";
import { Gallery } from "./gallery.svelte";
import { Inspection } from "./inspection.svelte";
import { isOver, Jobs } from "./jobs.svelte";
import { Keys } from "./keys.svelte";
import { Menus } from "./menus.svelte";
import { Outbox, type Parcel } from "./outbox.svelte";
import { openPreferences, type Preferences } from "./preferences.svelte";
import { Previews } from "./previews.svelte";
import { Repair } from "./repair.svelte";
import { Route, type Stage, type View } from "./route.svelte";
import { Sketching } from "./sketching.svelte";
import { Storage } from "./storage";
import { Toasts } from "./toasts.svelte";
import { Trail } from "./trail.svelte";
import { Upscaling } from "./upscaling.svelte";
import { Vault } from "./vault";
import { Work, type InHand } from "./work.svelte";

interface Submission {
  request: Request;
  key: string;
  priority: number;
  enclosed?: Enclosure;
}

interface Marking {
  ids: string[];
  marks: Marks;
}

interface Errand {
  workflow: Workflow;
  key: string;
}

const carriersOf = (enclosures: Enclosures, upscaling: Upscaling) => ({
  job: async ({ request, key, priority, enclosed }: Submission) => {
    const input = enclosed && { [enclosed.field]: { id: await enclosures.deliver(enclosed.key) } };
    return submitJob({ ...request, ...input }, key, priority);
  },
  workflow: async ({ workflow, key }: Errand) => {
    try {
      await upscaling.arrived(key, await submitWorkflow(workflow, key));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      upscaling.refused(key, error);
    }
  },
  marks: ({ ids, marks }: Marking) => markPictures(ids, marks),
  trash: (ids: string[]) => trashPictures(ids),
  restore: (ids: string[]) => restorePictures(ids),
});

const MOST_AT_ONCE = 1000;

/** What a picture's settings mean to the next stage, too; its size and its seed are its own. */
const CARRIED = [
  "prompt", "negative_prompt", "styles", "checkpoint", "vae", "sampler", "schedule", "steps", "guidance_scale", "clip_skip",
  "deep_cache", "bf16", "fp8",
] as const satisfies readonly (keyof Painting)[];

/** Which stage a request's settings belong to. */
const STAGE_OF: Record<Request["kind"], Stage | "sketch"> = {
  txt2img: "compose", img2img: "sketch", inpaint: "inpaint", outpaint: "inpaint", sd_upscale: "upscale",
  upscale: "upscale", detail: "upscale", faces: "upscale", adjust: "finish",
};

export class Studio {
  readonly connection = new Connection();
  readonly toasts = new Toasts();
  readonly route = new Route();
  readonly keys = new Keys();
  readonly menus = new Menus();
  readonly jobs = new Jobs(this.connection);
  readonly previews = new Previews();
  readonly storage: Storage;
  readonly preferences: Draft<Preferences>;
  readonly drafts: Drafts;
  readonly work: Work;
  readonly upscaling: Upscaling;
  readonly trail: Trail;
  readonly gallery: Gallery;
  readonly coach: Coach;
  readonly inspection: Inspection;
  readonly outbox: Outbox<ReturnType<typeof carriersOf>>;
  readonly slot: number;
  readonly #browser: string;
  readonly vault = new Vault(() => this.toasts.show("error", words.storage.full));
  readonly #enclosures: Enclosures;
  readonly repair: Repair;
  readonly sketching: Sketching;

  /** @param area The browser's storage. @param slot Which draft this tab works on: see `takeSlot`. */
  constructor(area: globalThis.Storage, slot: number) {
    const root = new Storage(area, "velatura/", () => this.toasts.show("error", words.storage.full));
    this.slot = slot;
    this.#browser = browserOf(root);
    this.storage = root.within(String(slot));
    this.preferences = openPreferences(root);
    const isFirstVisit = this.storage.read("compose") === undefined;
    this.drafts = openDrafts(slot > 1 && isFirstVisit ? root.within("1") : this.storage, this.storage);
    this.work = new Work(this.storage);
    this.upscaling = new Upscaling(this.storage, this.jobs, this.work, {
      ondone: () => this.toasts.show("done", words.upscale.done),
      oncomplaint: (error) => this.complain(error),
    });
    this.trail = new Trail(this.storage);
    this.gallery = new Gallery(this.storage, (error) => this.complain(error));
    this.coach = new Coach(this.storage);
    this.inspection = new Inspection(this.storage);
    this.#enclosures = new Enclosures(this.vault, `${slot}/outbox/`);
    this.outbox = new Outbox(this.storage, carriersOf(this.#enclosures, this.upscaling), {
      onrefused: (error) => this.complain(error),
      onanswered: (parcel) => this.#unpack(parcel),
    });
    this.repair = new Repair(this.vault, `${slot}/mask/`, new Draft(this.storage, "mask-pen", PEN));
    this.sketching = new Sketching(this.vault, `${slot}/sketch/canvas`, new Draft(this.storage, "sketch-pen", { ...PEN, size: 16 }));
    if (slot > 1) this.toasts.show("info", words.storage.secondTab);
  }

  /** Live: listen to the server and keep what changes. Call what is returned to stop. */
  start(): () => void {
    const stops = [this.route.follow(), this.jobs.follow(), this.#keepWhatIsDrawn()];
    void this.outbox.deliver();
    void this.upscaling.follow();
    this.menus.load().catch((error: unknown) => this.complain(error));
    return () => stops.forEach((stop) => stop());
  }

  /** Put a request into the queue, on behalf of a view; rejects where it is refused. */
  submit(view: View, request: Request, priority = 0): Promise<Job> {
    return this.#send({ request, key: this.#drawKey(view), priority });
  }

  /** Put requests into the queue that begin with pixels of this page: they go to the server first, and outlive the page until then. */
  async submitWith(view: View, requests: readonly Request[], field: Enclosure["field"], pixels: Blob): Promise<Job[]> {
    const enclosed = { field, key: await this.#enclosures.keep(pixels) };
    return Promise.all(requests.map((request) => this.#send({ request, key: this.#drawKey(view), priority: 0, enclosed })));
  }

  /** Send an upscale of a picture off; its results are taken in hand as they come, and what is refused is told by `upscaling`. */
  async upscale(workflow: Workflow, picture: InHand): Promise<void> {
    const key = this.#drawKey("upscale");
    this.upscaling.begin(key, picture);
    await this.outbox.send("workflow", { workflow, key });
  }

  /** What the keys of this tab's jobs for a view begin with. */
  keyOf(view: View): string {
    return `${this.#browser}.${this.slot}.${view}.`;
  }

  /** Put a request into the queue, and answer once its job has ended. */
  async run(view: View, request: Request): Promise<Job> {
    const job = await this.submit(view, request);
    const now = this.jobs.get(job.id) ?? job;
    if (isOver(now)) return now;
    return new Promise((resolve) => {
      const stop = this.jobs.ondone((ended) => {
        if (ended.id !== job.id) return;
        stop();
        resolve(ended);
      });
    });
  }

  /** Look into a picture file and take it in hand, where it is one. */
  async openFile(file: File): Promise<void> {
    this.route.go("inspect");
    const told = await this.inspection.open(file);
    if (told) this.work.take({ id: told.id, width: told.width, height: told.height, from: "bitmap" });
  }

  /** Rate, flag, tag or collect pictures. */
  async mark(ids: readonly string[], marks: Marks): Promise<void> {
    this.gallery.foresee(ids, marks);
    await this.#eachPart(ids, async (part) => this.gallery.put(await this.outbox.send("marks", { ids: part, marks })));
  }

  /** Put pictures into the trash; a toast takes them out again. */
  async trash(ids: readonly string[]): Promise<void> {
    await this.#eachPart(ids, (part) => this.outbox.send("trash", part));
    this.toasts.show("info", words.library.trashed(ids.length), { label: words.common.undo, run: () => void this.restore(ids) });
  }

  /** Take pictures out of the trash. */
  async restore(ids: readonly string[]): Promise<void> {
    await this.#eachPart(ids, (part) => this.outbox.send("restore", part));
  }

  /** Send something for pictures, as many at once as the server takes; what is refused is told. */
  async #eachPart(ids: readonly string[], send: (part: string[]) => Promise<unknown>): Promise<void> {
    try {
      for (let at = 0; at < ids.length; at += MOST_AT_ONCE) await send(ids.slice(at, at + MOST_AT_ONCE));
    } catch (error) {
      this.complain(error);
    }
    this.jobs.revision += 1;
  }

  /** Take a picture in hand and open a stage with it; the request that made it brings its settings along. */
  send(picture: InHand, view: View, request?: object): void {
    this.work.take(picture);
    if (request && (view === "inpaint" || view === "sketch")) this.drafts[view].adopt(carried(request));
    this.route.go(view);
  }

  /** Take a picture of the library in hand, its settings into its stage's draft, and open that stage. */
  async reopen(id: string): Promise<void> {
    const [entry, story] = await Promise.all([getEntry(id), getStory(id)]);
    this.work.take({ id, width: entry.width, height: entry.height, from: "library" });
    if (story.request) this.route.go(this.adopt(story.request as unknown as Request));
  }

  /** Take a request's settings into the draft of its stage; answers which that is. */
  adopt(request: Request): Stage | "sketch" {
    const stage = STAGE_OF[request.kind];
    this.drafts[stage as keyof Drafts].adopt(settingsOf(request));
    return stage;
  }

  /** Show what went wrong where it has no field to stand beside. */
  complain(error: unknown): void {
    if (error instanceof Unreachable) return; // the corner says so already
    if (error instanceof Lost) this.toasts.show("error", words.storage.lost);
    else if (error instanceof ApiError) this.toasts.show("error", error.remedy ? `${error.message} ${error.remedy}` : error.message);
    else throw error;
  }

  /** Keep drawings at once when the page goes out of sight: it may be closed next. */
  #keepWhatIsDrawn(): () => void {
    const keep = (): void => {
      if (document.visibilityState === "hidden") void Promise.all([this.repair.flush(), this.sketching.flush()]);
    };
    document.addEventListener("visibilitychange", keep);
    return () => document.removeEventListener("visibilitychange", keep);
  }

  #drawKey(view: View): string {
    return `${this.keyOf(view)}${drawId()}`;
  }

  async #send(submission: Submission): Promise<Job> {
    const job = await this.outbox.send("job", submission);
    this.jobs.put(job);
    return job;
  }

  /** Forget what a parcel enclosed, once no other one encloses it as well. */
  #unpack(parcel: Parcel): void {
    const key = enclosedIn(parcel);
    if (key === undefined || this.outbox.parcels.some((other) => enclosedIn(other) === key)) return;
    void this.#enclosures.forget(key);
  }
}

function enclosedIn({ content }: Parcel): string | undefined {
  return (content as Partial<Submission>).enclosed?.key;
}

function carried(request: object): object {
  return Object.fromEntries(Object.entries(settingsOf(request)).filter(([name]) => (CARRIED as readonly string[]).includes(name)));
}

/** What tells this browser's jobs from those of others on the same server; drawn once. */
function browserOf(storage: Storage): string {
  const kept = storage.read("browser");
  if (typeof kept === "string") return kept;
  const drawn = drawId().slice(0, 8);
  storage.write("browser", drawn);
  return drawn;
}
