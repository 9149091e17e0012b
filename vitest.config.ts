import { defineConfig } from 'vitest/config'

// Worlds are booted for real in most tests, on machines that may be slow and shared.
export default defineConfig({
  test: { include: ['test/**/*.test.{ts,tsx}'], testTimeout: 60_000, hookTimeout: 60_000, reporters: ['default'] },
  define: { __VERSION__: '"test"' },
})
