/** Sentences that come up in a corner, about what has no place of its own. */

export interface Toast {
  id: number;
  kind: "info" | "error" | "done";
  text: string;
  /** A remedy, as a button. */
  action?: { label: string; run: () => void };
}

const SHOWN_MS = 8000;

export class Toasts {
  list = $state<Toast[]>([]);
  #next = 1;

  show(kind: Toast["kind"], text: string, action?: Toast["action"]): void {
    if (this.list.some((each) => each.text === text)) return;
    const toast: Toast = { id: this.#next++, kind, text, ...(action && { action }) };
    this.list.push(toast);
    if (kind !== "error") setTimeout(() => this.dismiss(toast.id), SHOWN_MS);
  }

  dismiss(id: number): void {
    this.list = this.list.filter((each) => each.id !== id);
  }
}
