import { mount } from "svelte";
import App from "./App.svelte";
import { takeSlot } from "./state/slot";
import { Studio } from "./state/studio.svelte";
import "./styles/tokens.css";
import "./styles/base.css";

const slot = await takeSlot(navigator.locks);
mount(App, { target: document.body, props: { studio: new Studio(localStorage, slot) } });
