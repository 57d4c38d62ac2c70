import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";

export default defineConfig({
  plugins: [svelte()],
  build: {
    outDir: "../src/velatura/server/static",
    emptyOutDir: true,
    target: "es2024",
    assetsInlineLimit: 0, // the page's rules allow no scripts or styles out of its own text
    modulePreload: { polyfill: false },
    cssCodeSplit: false,
    // what views have in common is one file rather than thirty: a browser asks for six at a time
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: "shared", minShareCount: 2 }] } } },
  },
  worker: { format: "es" },
  server: { proxy: { "/api": "http://127.0.0.1:7860" } },
  test: { include: ["src/**/*.test.ts"], environment: "node", testTimeout: 120_000 },
});
