// In the browser: serves the page examples/05-in-the-browser, whose page.js reads a model and computes a gradient there.
//   node examples/05-in-the-browser.mjs [PORT]       prints the address; Ctrl-C ends it
import { fileURLToPath } from "node:url";
import { createServer } from "vite";

const server = await createServer({
  root: fileURLToPath(new URL(".", import.meta.url)),
  configFile: false,
  logLevel: "warn",
  // ONNX Runtime finds its .wasm files beside its own module, so that must stay where it is.
  optimizeDeps: { exclude: ["onnxruntime-web"] },
  server: {
    port: Number(process.argv[2] ?? 5173),
    // Browsers give threads to WebAssembly only on pages that are isolated from others.
    headers: { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" },
    fs: { allow: [fileURLToPath(new URL("..", import.meta.url))] },
  },
});
await server.listen();
console.log(`open ${server.resolvedUrls.local[0]}05-in-the-browser/`);
