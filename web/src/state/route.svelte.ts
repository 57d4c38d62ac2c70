/** Which view is shown; it stands in the address behind the `#`, so that back, forward and reload work. */

export const STAGES = ["prompt", "model", "compose", "inpaint", "upscale", "finish"] as const;
export const TOOLS = ["sketch", "library", "queue", "inspect"] as const;

export type Stage = (typeof STAGES)[number];
export type View = Stage | (typeof TOOLS)[number] | "welcome";

const VIEWS: readonly string[] = [...STAGES, ...TOOLS, "welcome"];

export class Route {
  /** Known before anything is asked of the server, so that no other view is loaded first. */
  view = $state<View>(viewOf(location.hash));

  /** Follow the address; call what is returned to stop. */
  follow(): () => void {
    const read = (): void => {
      this.view = viewOf(location.hash);
    };
    read();
    window.addEventListener("hashchange", read);
    return () => window.removeEventListener("hashchange", read);
  }

  go(view: View): void {
    location.hash = `#/${view}`;
  }
}

function viewOf(hash: string): View {
  const name = hash.replace(/^#\/?/, "");
  return VIEWS.includes(name) ? (name as View) : "welcome";
}
