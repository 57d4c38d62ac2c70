/** The keys that do something just now: views and tools bind theirs while they are shown. */

import { untrack } from "svelte";

/** What a key does, in a few words, and the doing. */
export interface Binding {
  label: string;
  run: (event: KeyboardEvent) => void;
  /** Called when the key is let go, for what lasts as long as it is held. */
  end?: () => void;
  /** Whether it also works while a text is being written. */
  inText?: boolean;
}

/** By key: `"b"`, `"Shift+["`, `"Ctrl+Enter"`, `"ArrowLeft"`, `"Space"`; Ctrl stands for ⌘, too. */
export type Bindings = Record<string, Binding>;

export class Keys {
  /** All that is bound, the latest last. */
  layers = $state.raw<readonly Bindings[]>([]);
  #held: Binding | undefined;

  /** Bind keys; call what is returned to let them go. The latest binding of a key counts. */
  bind(bindings: Bindings): () => void {
    const others = (): Bindings[] => untrack(() => this.layers.filter((each) => each !== bindings)); // who binds depends on nobody
    this.layers = [...others(), bindings];
    return () => {
      this.layers = others();
    };
  }

  /** Every key that is bound, with its label. */
  get all(): [string, string][] {
    const labels = Object.assign({}, ...this.layers) as Bindings;
    return Object.entries(labels).map(([key, binding]) => [key, binding.label]);
  }

  down = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.isComposing) return;
    const binding = this.#find(event);
    if (!binding || (isTaken(event) && !binding.inText)) return;
    event.preventDefault();
    if (binding.end && event.repeat) return;
    if (binding.end) this.#held = binding;
    binding.run(event);
  };

  up = (): void => {
    this.#held?.end?.();
    this.#held = undefined;
  };

  #find(event: KeyboardEvent): Binding | undefined {
    const names = keyNames(event);
    for (const layer of this.layers.toReversed()) {
      for (const name of names) {
        const binding = layer[name];
        if (binding) return binding;
      }
    }
    return undefined;
  }
}

/** The names a key press may be bound by, the most exact first. */
export function keyNames(event: Pick<KeyboardEvent, "key" | "code" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey">): string[] {
  const key = event.key === " " ? "Space" : event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const before = `${event.ctrlKey || event.metaKey ? "Ctrl+" : ""}${event.altKey ? "Alt+" : ""}`;
  const physical = PHYSICAL[event.code];
  const names = event.shiftKey ? [`${before}Shift+${physical ?? key}`] : [];
  // a sign such as "?" needs Shift on some keyboards only
  return event.shiftKey && event.key.length > 1 ? names : [...names, `${before}${key}`];
}

/** Keys that Shift turns into other signs, by where they are. */
const PHYSICAL: Record<string, string> = { BracketLeft: "[", BracketRight: "]" };

const ARROWS = ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End", "PageUp", "PageDown"];
const PRESS = ["Enter", " "];

/** The keys that fields take for themselves, by their type; those that are not named take all, for they are written in. */
const OWN_KEYS: Record<string, readonly string[]> = {
  range: ARROWS, radio: [...ARROWS, " "], checkbox: [" "], button: PRESS, submit: PRESS, color: PRESS, file: PRESS,
};

/** Whether what has the focus needs the key itself. */
function isTaken({ target, key }: KeyboardEvent): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement) return OWN_KEYS[target.type]?.includes(key) ?? true;
  if (target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement || target.isContentEditable) return true;
  return target.closest("button, a[href], summary") !== null && PRESS.includes(key);
}
