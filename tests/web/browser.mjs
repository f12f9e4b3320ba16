// browser.mjs: what the browser tests share: the fixture server, Debian's Chromium, and TAP lines.
//
// What is missing (Chromium, node_modules) fails with what to install; nothing is skipped silently.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createInterface } from 'node:readline'

const CHROMIUM = process.env.HAVEN_CHROMIUM || '/usr/bin/chromium'

function bail (what) {
  console.log(`Bail out! ${what}`)
  process.exit(1)
}

async function load (name) {
  try {
    return await import(name)
  } catch {
    return bail(`${name} is not installed: run npm ci in the project's folder`)
  }
}

export async function startServer (program) {
  const server = spawn(program, [], { env: { ...process.env, HAVEN_NOW: '2026-11-24T09:00' }, stdio: ['ignore', 'pipe', 'inherit'] })
  for await (const line of createInterface({ input: server.stdout })) {
    const at = /^Haven is at (http:\S+)\/$/.exec(line)
    if (at) return { base: at[1], stop: () => new Promise(resolve => { server.on('exit', code => resolve(code)); server.kill('SIGTERM') }) }
  }
  return bail(`${program} did not start`)
}

export async function startBrowser () {
  if (!existsSync(CHROMIUM)) bail(`${CHROMIUM} is not there: apt-get install chromium`)
  const { chromium } = await load('playwright-core')
  const { AxeBuilder } = await load('@axe-core/playwright')
  const args = process.getuid() === 0 ? ['--no-sandbox'] : []
  return { browser: await chromium.launch({ executablePath: CHROMIUM, args }), AxeBuilder }
}

const CASE_MS = 90000 // a hang, not a slow machine

function late () {
  let timer
  const promise = new Promise((resolve, reject) => { timer = setTimeout(() => reject(new Error(`took over ${CASE_MS} ms`)), CASE_MS) })
  return { promise, clear: () => clearTimeout(timer) }
}

// Runs the cases in order; a case throws, or takes too long, to fail. Prints TAP.
export async function run (cases) {
  let failed = 0
  console.log(`1..${cases.length}`)
  for (const [i, [name, body]] of cases.entries()) {
    const limit = late()
    try {
      await Promise.race([body(), limit.promise])
      console.log(`ok ${i + 1} ${name}`)
    } catch (e) {
      failed++
      console.log(`not ok ${i + 1} ${name}`)
      console.log(String(e.stack || e).replace(/^/gm, '# '))
    } finally {
      limit.clear()
    }
  }
  return failed
}
