/** What can be chosen on this machine: samplers, checkpoints, upscalers. */

import { getOptions, refreshModels } from "../api/options";
import type { Choice, Menus as Lists } from "../api/types";

export class Menus {
  lists = $state.raw<Lists>({});

  of(menu: string): Choice[] {
    return this.lists[menu] ?? [];
  }

  async load(): Promise<void> {
    this.lists = await getOptions();
  }

  /** Search the folders of models anew. */
  async refresh(): Promise<void> {
    await refreshModels();
    await this.load();
  }
}
