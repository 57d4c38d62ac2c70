import svelte from "eslint-plugin-svelte";
import ts from "typescript-eslint";
import svelteConfig from "./svelte.config.js";

/** Imports point one way: features -> state -> api | canvas | imaging; features -> ui. */
const forbid = (files, ...folders) => ({
  files: [`src/${files}/**`],
  rules: {
    "no-restricted-imports": [
      "error",
      { patterns: folders.map((folder) => ({ group: [`**/${folder}/**`], message: `${files} stands below ${folder}` })) },
    ],
  },
});

export default ts.config(
  { ignores: ["node_modules", "src/api/schema.gen.ts"] },
  ...ts.configs.strict,
  ...svelte.configs.recommended,
  {
    files: ["**/*.svelte", "**/*.svelte.ts"],
    languageOptions: { parserOptions: { parser: ts.parser, extraFileExtensions: [".svelte"], svelteConfig } },
  },
  {
    rules: {
      "no-undef": "off", // the type checker knows better
      "svelte/no-unused-svelte-ignore": "off", // svelte-check knows better
      "svelte/prefer-svelte-reactivity": "off", // most sets and maps are not shown
      eqeqeq: "error",
      "max-lines": ["error", { max: 300, skipBlankLines: true, skipComments: true }],
      "max-lines-per-function": ["error", { max: 60, skipBlankLines: true, skipComments: true }],
      complexity: ["error", 12],
      "max-params": ["error", 6],
      "@typescript-eslint/no-non-null-assertion": "error",
    },
  },
  { files: ["**/*.test.ts", "e2e/**"], rules: { "max-lines-per-function": "off" } },
  forbid("canvas", "api", "state", "features", "ui", "words"),
  forbid("imaging", "api", "state", "features", "ui", "words"),
  forbid("ui", "api", "state", "features", "words", "canvas", "imaging"),
  forbid("api", "state", "features", "ui", "canvas", "imaging"),
  forbid("state", "features", "ui"),
);
