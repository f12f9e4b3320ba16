// screenshots.mjs: the README's pictures: the queue and its first case, as a reviewer sees them.
//
//     node screenshots.mjs BASE_URL FOLDER        BASE_URL: a `haven serve` on a demonstration hub, or the fixture server
import { mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { startBrowser } from './browser.mjs'

const [base, folder] = process.argv.slice(2)
const MAX_BYTES = 200000
const { browser } = await startBrowser()
const page = await browser.newPage({ viewport: { width: 1100, height: 900 }, javaScriptEnabled: false })
mkdirSync(folder, { recursive: true })

async function shoot (name, height) {
  const path = join(folder, name)
  await page.screenshot({ path, fullPage: true, clip: { x: 0, y: 0, width: 1100, height } })
  const bytes = statSync(path).size
  console.log(`${path}: ${bytes} bytes`)
  if (bytes >= MAX_BYTES) process.exitCode = 1
}

await page.goto(`${base}/review`)
await shoot('review-queue.png', 1300)
await page.click('.haven-case__link >> nth=0')
await shoot('review-case.png', 1500)
await browser.close()
